"""From candidates to an order, in numpy: what is dropped and why, scores, copies, variety.

Pure functions over the facts of all candidates at once. They read nothing and write nothing, so the
same facts give the same order, in a request and on the staff's page that explains it.
"""
