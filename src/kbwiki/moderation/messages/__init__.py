"""What authors are told: the reasons of the catalogue, the words of messages, who has to be told, and the inbox."""
