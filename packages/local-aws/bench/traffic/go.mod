module github.com/ecs-workbook/bench-traffic

go 1.22
