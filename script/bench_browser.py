"""A visitor as the site sees one: keeps cookies, sends the forms it was given, follows no link."""

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

SECONDS_TO_ANSWER = 30.0
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str


class Browser:
    """One visitor on one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_ANSWER)
        self._cookies: dict[str, str] = {}
        self._token = ""

    def get(self, path: str) -> Answer:
        """Load a page and remember the token of its forms."""
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form with the token of the page before."""
        return self._ask("POST", path, urlencode({"csrf_token": self._token, **fields}))

    def hang_up(self) -> None:
        """Let go of the connection, as a browser does that was left alone."""
        self._connection.close()

    def hold(self, slug: str, at: str, practitioner: str = "") -> Answer:
        """Press a time."""
        return self.post(f"/booking/{slug}/hold", at=at, practitioner=practitioner)

    def confirm(self, path: str, number: int | str) -> Answer:
        """Send the details of a client of that number for a held hour."""
        return self.post(
            path,
            do="confirm",
            name=f"Client {number}",
            email=f"bench.{number}@example.com",
            phone=f"+1212555{abs(hash(str(number))) % 10_000:04d}",
            is_first_visit="yes",
            screening="y",
            privacy="y",
        )

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Accept-Encoding": "identity"}
        if self._cookies:
            headers["Cookie"] = "; ".join(
                f"{name}={value}" for name, value in self._cookies.items()
            )
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        if found := TOKEN.search(text):
            self._token = found[1]
        location = urlsplit(response.headers.get("Location", ""))
        return Answer(response.status, location.path, text)
