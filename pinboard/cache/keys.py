"""The name of every key in the cache, in one place.

Each function names one key. Keys of one person share the tag in braces, hence a slot of a cluster.
"""
