"""The smaller emulated services: STS, IAM, SNS, tagging, Auto Scaling."""
