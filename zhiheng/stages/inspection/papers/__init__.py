"""The papers of an inspection: what stands on each is built from the records, in Chinese or in English.

``kinds`` lists them, ``printing`` sets one or many, ``issued`` keeps and compares those that were handed out.
"""
