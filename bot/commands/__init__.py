"""Every command, declared once for chat, quick responses and ad-hoc forms."""
