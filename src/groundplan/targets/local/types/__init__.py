"""The CloudFormation resource types of the local AWS: one row of data per type, a class where data cannot say it."""
