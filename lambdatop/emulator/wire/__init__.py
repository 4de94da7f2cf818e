"""AWS's wire protocols as the server sees them: botocore's models tell how to read a request and write its answer.

Pure: bytes in, bytes out; the gateway puts HTTP around it. Timestamps are epoch seconds and blobs are bytes on the
emulator's side, whatever the protocol makes of them.
"""
