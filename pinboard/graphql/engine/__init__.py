"""The engine: documents are planned once, and run field by field for all objects at a position.

graphql-core visits one object after the other, and one field of it after the other. Here a position
of the document is visited once, with all the objects that are there: plain attributes are read in one
sweep, `@batch` resolvers are called once, ordinary resolvers once an object. What comes out, data and
errors, is what graphql-core gives (`tests/engine/` compares them).

    documents  ->  plan  ->  execution  ->  outcome
"""
