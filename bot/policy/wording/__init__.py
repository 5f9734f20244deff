"""From facts to sentences.

Each function turns facts into phrases; the languages are in `locales/`.  Kinds of data always
stand as the object of a sentence ("We store *your contact list*"), so that one form of each
name is enough in languages that inflect.
"""
