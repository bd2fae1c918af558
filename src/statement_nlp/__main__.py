"""`python -m statement_nlp`: the command line."""

from statement_nlp.cli import main

if __name__ == "__main__":
    main(prog_name="statement-nlp")
