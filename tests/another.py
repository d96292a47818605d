"""Another process with the program in it: `python -m tests.another URL FOLDER COMMAND …`."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.cli import FlaskGroup

import config


def start(app: Flask, *words: str, **settings: Any) -> "subprocess.Popen[str]":
    """Start a command on the same database in a process of its own, at the same moment."""
    settings = {"SPA_NOW": app.config["SPA_NOW"].isoformat()} | settings
    given = [app.config["SQLALCHEMY_DATABASE_URI"], app.instance_path, json.dumps(settings)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.another", *given, *words],
        cwd=config.ROOT,
        env=os.environ | {"PYTHONPATH": str(config.ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def main() -> None:
    """Run one command as `flask` would."""
    from tests.conftest import app_on

    url, folder, settings, *words = sys.argv[1:]
    about = json.loads(settings)
    if "SPA_NOW" in about:
        about["SPA_NOW"] = datetime.fromisoformat(about["SPA_NOW"])
    app = app_on(url, Path(folder), **about)
    FlaskGroup(create_app=lambda: app, add_default_commands=False).main(words)


if __name__ == "__main__":
    main()
