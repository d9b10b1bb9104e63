"""The commands, one module for each subject; each is registered in ``plea_aid.cli``."""
