"""`publisher` and `python -m publisher`."""

from publisher.cli import app


def main() -> None:
    app.main()


if __name__ == "__main__":
    main()
