resource "aws_sqs_queue" "found" {
  name = "found"
  tags = merge(local.tags, { Found = "yes" })
}

resource "aws_sns_topic" "found" {
  name = "found"
  tags = merge(local.tags, { Found = "yes" })
}

data "aws_resourcegroupstaggingapi_resources" "by_tag" {
  resource_type_filters = ["sqs", "sns"]
  tag_filter {
    key    = "Found"
    values = ["yes"]
  }
  depends_on = [aws_sqs_queue.found, aws_sns_topic.found]
  lifecycle {
    postcondition {
      condition     = toset(self.resource_tag_mapping_list[*].resource_arn) == toset([aws_sqs_queue.found.arn, aws_sns_topic.found.arn])
      error_message = "The queue and the topic are to be found by their tag."
    }
  }
}

data "aws_resourcegroupstaggingapi_resources" "by_arn" {
  resource_arn_list = [aws_sqs_queue.found.arn]
  depends_on        = [aws_sqs_queue.found]
  lifecycle {
    postcondition {
      condition     = one(self.resource_tag_mapping_list).tags == tomap(aws_sqs_queue.found.tags)
      error_message = "The queue is to be told with its tags."
    }
  }
}
