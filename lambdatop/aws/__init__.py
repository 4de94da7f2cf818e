"""The only code that touches aiobotocore: everything the program asks of AWS goes through the Gate."""
