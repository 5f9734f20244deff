"""Which concepts speak for which command, or for being off topic: the same in every language.

How a rule reads, see `bot.dialogue.understanding.ranking`.
"""

from bot.policy.vocabulary import Intent

INTENTS: dict[Intent, tuple[tuple[str, float], ...]] = {
    Intent.MY_DATA: (
        ("mine data show -ask_who -third_party", 3.4),
        ("mine data bare", 3.0),
        ("mine data store what", 1.2),
        ("used_space -other_person -offline", 4.6),
        ("self show store", 2.6),
    ),
    Intent.EXPORT_DATA: (
        ("export", 2.4),
        ("export -specific", 1.4),
        ("export data", 1.4),
        ("export mine", 0.4),
        ("export data|account|message|history|uploads|contacts other_server -store -what", 2.8),
        ("export history|message|uploads|contacts|profile self -erase -permission -ask_who", 1.4),
        ("copy data mine", 2.4),
    ),
    Intent.ERASE_UPLOADS: (("erase_request uploads -profile", 9.0),),
    Intent.ERASE_ARCHIVE: (("erase_request message|history -offline -uploads", 8.0),),
    Intent.ERASE_OFFLINE: (("erase_request offline", 9.5),),
    Intent.ERASE_PROFILE: (("erase_request profile", 9.5),),
    Intent.ERASE_ACCOUNT: (
        ("erase_request account -uploads -message -history -profile", 9.0),
        ("erase_request leave_now -announcements", 9.0),
        ("erase_request data -uploads -message -history -profile", 7.0),
    ),
    Intent.SET_LANGUAGE: (
        ("language_name set_language", 5.0),
        ("language_name -unpaid_help", 3.0),
        ("language_name bare -unpaid_help", 2.0),
    ),
    Intent.ANNOUNCEMENTS_ON: (
        ("announcements subscribe -stop", 4.6),
        ("announcements subscribe change -stop -question", 1.2),
        ("subscribe change -stop", 1.4),
        ("subscribe asking change -stop", 1.6),
        ("subscribe asking change -stop -opener", 1.0),
        ("announcements", 1.6),
    ),
    Intent.ANNOUNCEMENTS_OFF: (("announcements stop", 5.0), ("unsubscribed", 4.4)),
    Intent.HELP: (
        ("help", 2.6),
        ("help bare", 2.0),
        ("command_list -harass -spam", 4.4),
        ("command_list conversation_here", 1.5),
    ),
    Intent.SHOW_POLICY: (("policy read_policy -change", 3.6), ("policy bare", 2.5), ("policy -change", 1.0)),
    Intent.SHOW_CHANGES: (
        ("change", 1.0),
        ("change show|list_names", 2.4),
        ("change policy show|list_names", 2.4),
        ("whats_new", 4.2),
        ("whats_new policy|version|change", 1.0),
    ),
    Intent.GREETING: (
        ("greeting courteous", 1.8),
        ("greeting", 0.4),
        ("greeting courteous assistant -you", 3.0),
    ),
    Intent.THANKS: (
        ("thanks|bye courteous", 1.9),
        ("thanks|bye", 0.4),
        ("thanks|bye courteous assistant -you", 3.0),
    ),
    Intent.OUT_OF_SCOPE: (
        ("", 1.3),
        ("injection", 9.0),
        ("impersonation", 7.0),
        ("everybody erase_order|show|export -ask_who", 7.0),
        ("other_person show -ask_who", 3.0),
        ("other_person export|erase_order", 3.0),
        ("other_person erase_now reported -you", 3.0),
        ("other_person export", 1.5),
        ("other_person email -self -you", 3.0),
        ("children whom -you -store", 4.0),
        ("other_person whom -opener", 3.0),
        ("other_person login_time|presence -ask_who", 3.0),
        ("other_person message|uploads|contacts|ip|profile -self -you -store -erase", 2.6),
        ("other_person message|uploads|password|data|account", 0.8),
        ("presence|login_time|whom unknown -mine -you -store", 3.0),
        ("somebody show|erase_order|export", 3.0),
        ("somebody message|uploads|whom|contacts|profile -you -store -erase", 2.2),
        ("address show|erase|ip|login_time|presence|uploads|whom|message", 3.0),
        ("other_person|somebody ip|password what|question -ask_who -read_along -you -store -self", 3.0),
        ("recover", 3.6),
        ("recover password", 2.0),
        ("provider_app", 2.8),
        ("provider_app -you", 2.5),
        ("provider_app sell|share|store|read_along -you -self", 2.0),
        ("message unknown -mine -you -store", 1.6),
        ("usage_help -police -harass -spam", 3.2),
        ("unpaid_help", 2.6),
        ("outage", 2.4),
        ("money -sell -share", 2.8),
    ),
}
"""Rules for what a message wants besides an answer."""
