# Written by Groundplan, which overwrites what is changed here.
# Sample production: what is decided outside of these files.

variable "region" {
  description = "AWS region of the environment"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The value of region must be: a region of AWS, like ap-south-1."
  }
}

variable "environment" {
  description = "Name of the environment"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]*$", var.environment))
    error_message = "The value of environment must be: a letter, then letters, digits, hyphens and underscores."
  }
}

variable "api_image_tag" {
  description = "Tag of the image that the api service starts with"
  type        = string
  default     = "v1.0.0"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.api_image_tag))
    error_message = "The value of api_image_tag must be: letters, digits, '_', '.' and '-', at most 128."
  }
}

variable "alert_email" {
  description = "Who hears of alarms"
  type        = string
  nullable    = false
}

variable "secret_versions" {
  description = "Secret to number: a higher one has its password made anew"
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition = length(setsubtract(keys(var.secret_versions), [
      "cache",
      "database",
      "session_key",
      "shared",
    ])) == 0
    error_message = "Secrets that have a version: cache, database, session_key, shared."
  }
}

variable "activate_cost_tags" {
  description = "Whether cost allocation tags are activated. Cost Explorer refuses a tag until about a day after its first use"
  type        = bool
  default     = true
  nullable    = false
}
