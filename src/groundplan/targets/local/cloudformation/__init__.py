"""CloudFormation for the local AWS: templates, change sets, deployments and the query API that serves them."""
