"""`python -m flowstudio`: the same as the console script."""

from flowstudio.cli import main

if __name__ == "__main__":
    main()
