"""`python -m learncraft` is the command `learncraft`."""

from learncraft.cli import main

if __name__ == "__main__":
    main()
