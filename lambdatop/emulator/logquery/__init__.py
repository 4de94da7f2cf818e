"""CloudWatch Logs Insights: the query language and its evaluation over the emulated account's log events.

Records are worked on column by column, a batch at a time: three hours of a busy function are 756,000 invocations.
"""
