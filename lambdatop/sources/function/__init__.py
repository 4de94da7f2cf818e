"""Sources of one function: charts, controls, deployments, effects, Lambda Insights."""
