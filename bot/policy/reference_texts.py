"""What the reference of the format says in full sentences, and its examples."""

BEFORE = """\
# The policy file

A policy is one YAML file of facts. The bot makes the sentences from them, in every language that
it speaks. `privacy-bot init` writes a file to start from, `privacy-bot policy check FILE` reports
every mistake with its line and column, and two complete examples are in `data/policies/`.

- Leave out what you do not want to promise: the bot then says that the policy does not say.
- Say `stored: no`, or list it under `never`, where you do *not* do something: silence is no answer.
- Words are written as they stand here. `yes`, `no`, `on` and `off` are words like any other; only
  `true` and `false` are truth values.
- A key that is not listed here is a mistake, and so is the same statement twice.

## Texts and names

A **text** is your own wording, for what the facts do not cover. Write it once for each of your
`languages`, or plainly, if it is in the first of them only:

```yaml
text:
  en: Questions are welcome.
  de: Fragen sind willkommen.
```

If a text is missing in a language, the bot shows the first one and says in which language it is.
A **name** is written the same way (`name: Matomo`), and a plain one serves every language.\
"""

HOW_LONG = """\
## How long

Wherever the value is "how long", one of these can stand. The short form is enough in most cases.

| Short form | Long form | Meaning |
|---|---|---|
| `7 days` | `{period: 7 days}` | so long. Units: minutes, hours, days, weeks, months, years |
| `at most 31 days` | `{period: 31 days, bound: at_most}` | so long or shorter |
| `at least 7 days` | `{period: 7 days, bound: at_least}` | so long or longer |
| `about 1 month` | `{period: 1 month, bound: about}` | roughly so long |
| `until delivered` | `{until: delivered}` | until something happens: [event](#words-event) |
| | `{until: other, text: …}` | until something happens that you name |
| `last 20` | `{last: 20}` | only the last so many, whatever their age |
| `wiped every 72 hours` | `{wiped_every: 72 hours}` | all of it is removed at intervals |
| `unlimited` | `{kept: unlimited}` | without a limit |
| `not kept` | `{kept: not_kept}` | not at all |
| `not stated` | `{kept: not_stated}` | it is kept, and the policy does not say how long |
| | `{first_of: [until delivered, 31 days]}` | whichever comes first |
| | `{last_of: [30 days, last 20]}` | whichever comes last |

Where `retention` stands, `limit` may take one of them together with more: `reason` (a text: why
this long), `may_become` (a change that you reserve), `valid_from` and `valid_until` (first and last
day). A list of such entries says how it changes over time:

```yaml
retention:
  - {limit: 365 days, valid_until: 2026-12-31}
  - limit: 30 days
    valid_from: 2027-01-01
    reason: {en: Disks are small., de: Platten sind klein.}
```\
"""

AFTER = """\
Most entries of the sections below are statements, and every statement may carry these keys.\
"""

EXAMPLES = {
    "top": """\
version: "2"
effective: 2026-01-01
languages: [en, de]
host: example.org
purposes: [operate, abuse, faults]""",
    "history": """\
history:
  - {version: "1", effective: 2024-01-01, url: https://example.org/privacy/1}""",
    "notices": """\
notices: {material: [e-mail], minor: [https://example.org/news]}""",
    "controller": """\
controller: {name: Kim Muster, email: privacy@example.org, country: DE}""",
    "hosting": """\
hosting:
  - {provider: Example Hosting, country: FI, jurisdiction: FI, rented: true}""",
    "services": """\
services:
  - {id: website, kind: website, url: https://example.org}
  - {id: rooms, kind: group_chat, name: {en: Group chats, de: Gruppenchats}}""",
    "categories": """\
categories:
  - {id: invitations, name: {en: Invitations, de: Einladungen}}""",
    "data": """\
data:
  - {category: roster, retention: until erased_by_user, visibility: [self], erasing: {ways: [client]}}
  - category: room_archive
    service: rooms
    retention: 365 days
    control: {default: on, who: room_owner, where: [room_settings], remains: last 20}
    source: section 4
  - category: ip_addresses
    stored: no
    exceptions: [{when: failed_login, retention: 1 hour}]""",
    "never": """\
never:
  - sale
  - {practice: tracking, service: website}""",
    "legal_basis": """\
legal_basis:
  - contract
  - {basis: legitimate_interests, interest: {en: safety, de: Sicherheit}}""",
    "recipients": """\
recipients:
  - {kind: other_operators, data: [ip_addresses], condition: abuse}""",
    "federation": """\
federation:
  - {data: [presence, profile], encrypted: required}""",
    "backups": """\
backups:
  - {every: 1 day, retention: 7 days, encrypted_at_rest: true, place: remote, excludes: [logs]}""",
    "inactive_accounts": """\
inactive_accounts:
  - {after: 2 years, warning: 1 month}
  - {after: 31 days, never_used: true, certain: false}""",
    "account_erasure": """\
account_erasure:
  - {ways: [client, contact], name_blocked: 1 year, remains: [backups, other_archives]}""",
    "encryption": """\
encryption:
  - {client_connections: required, disks_encrypted: true, end_to_end: [OMEMO]}""",
    "rights": """\
rights:
  - complaint
  - {right: access, ways: [contact], deadline: 1 month}
  - {right: portability, category: archive, available: false}""",
    "authorities": """\
authorities:
  court_order_needed: true
  notify_user: unless_forbidden
  reports: [{since: 2025-01-01, until: 2025-12-31, requests: 0}]""",
    "abuse": """\
abuse: {spam_forbidden: true, contact: {email: abuse@example.org}}""",
    "cookies": """\
cookies:
  - {name: session, life: until session_end, tracking: false}""",
    "analytics": """\
analytics:
  - {tool: Matomo, self_hosted: true, ip_shortened: true, retention: 6 months, profiles: false}""",
    "search_engines": """\
search_engines:
  - {tool: searx, open_to_everyone: true, asks_others: true}""",
    "children": """\
children: {minimum_age: 16}""",
    "advice": """\
advice:
  - {topic: encryption, text: {en: Use OMEMO., de: Nimm OMEMO.}}""",
}
"""One for each section; `top` is what stands above the sections."""
