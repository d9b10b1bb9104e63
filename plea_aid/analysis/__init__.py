"""What the law means for a charge, a sentence, a plea option. Pure functions: no screen, no file, no database."""
