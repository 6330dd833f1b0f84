"""Pictures as bytes: what a file is, and the files that are made of it.

Pure: bytes in, bytes out. Nothing here knows Django's models, storage or GraphQL.
"""
