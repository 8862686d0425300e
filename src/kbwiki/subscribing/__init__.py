"""What plugins are told, in the order of the journal, each fact at least once."""
