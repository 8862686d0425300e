"""The record as a file for auditors: written, read again, and compared with the journal it was taken from."""
