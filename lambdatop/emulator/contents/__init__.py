"""What an account holds besides its functions: alarms, custom metrics, log groups that were written to."""
