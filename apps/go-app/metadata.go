package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const metadataTimeout = 2 * time.Second

// taskMetadata says which task this is; all members are nil outside ECS.
type taskMetadata struct {
	TaskARN          *string `json:"taskArn"`
	TaskDefinition   *string `json:"taskDefinition"` // family:revision
	AvailabilityZone *string `json:"availabilityZone"`
}

// readTaskMetadata asks the task metadata endpoint, whose address is the value of ECS_CONTAINER_METADATA_URI_V4.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
func readTaskMetadata(ctx context.Context, metadataURI string) (taskMetadata, error) {
	if metadataURI == "" {
		return taskMetadata{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, metadataTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, metadataURI+"/task", nil)
	if err != nil {
		return taskMetadata{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return taskMetadata{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return taskMetadata{}, fmt.Errorf("the task metadata endpoint answered %d", response.StatusCode)
	}
	var task struct {
		TaskARN          *string
		Family, Revision string
		AvailabilityZone *string
	}
	if err := json.NewDecoder(response.Body).Decode(&task); err != nil {
		return taskMetadata{}, fmt.Errorf("the task metadata endpoint's answer is not a task: %w", err)
	}
	result := taskMetadata{TaskARN: task.TaskARN, AvailabilityZone: task.AvailabilityZone}
	if task.Family != "" {
		taskDefinition := task.Family + ":" + task.Revision
		result.TaskDefinition = &taskDefinition
	}
	return result, nil
}
