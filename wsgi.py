"""The application that the web server and the commands load."""

import os
import sys

from config import BadSetting
from spa import create_app

# What this program writes (the database, its copies, mails, the secret) is for its owner alone.
os.umask(0o077)

try:
    app = create_app()
except BadSetting as error:
    sys.exit(f"Settings: {error}")
