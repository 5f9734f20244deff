"""stub"""


def reference() -> str:
    return ""
