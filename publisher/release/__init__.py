"""Editions: sealed, signed, approved by a second person, published at their time, verifiable by anyone.

Works on folders and bytes; knows no confidential number and no key of the store. The verbs, in order:
edition.stage, seal.seal, approvals.approve, publish.publish, verify.verify. See README.md for the state machine.
"""
