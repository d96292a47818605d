"""The application that the web server and the commands load."""

import sys

from config import BadSetting
from spa import create_app

try:
    app = create_app()
except BadSetting as error:
    sys.exit(f"Settings: {error}")
