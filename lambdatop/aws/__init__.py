"""The only code that touches aiobotocore: every call the program makes to AWS goes through the Gate."""
