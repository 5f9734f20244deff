"""What the topics and the sides of a topic are called."""

from __future__ import annotations

from bot.i18n import Message, _, p_
from bot.policy.vocabulary import Aspect, Topic

TOPICS: dict[Topic, Message] = {
    Topic.OVERVIEW: p_("topic", "What is stored, in short"),
    Topic.ACCOUNT: p_("topic", "Account"),
    Topic.PASSWORD: p_("topic", "Password"),
    Topic.ROSTER: p_("topic", "Contact list"),
    Topic.PRESENCE: p_("topic", "Presence and status"),
    Topic.OFFLINE_MESSAGES: p_("topic", "Waiting messages"),
    Topic.ARCHIVE: p_("topic", "Message archive"),
    Topic.MUC_ARCHIVE: p_("topic", "Group chats"),
    Topic.UPLOADS: p_("topic", "Uploaded files and photos"),
    Topic.PROFILE: p_("topic", "Profile and picture"),
    Topic.CLIENT_DATA: p_("topic", "Bookmarks and app data"),
    Topic.IP_ADDRESSES: p_("topic", "IP addresses"),
    Topic.LOGS: p_("topic", "Server logs"),
    Topic.BACKUPS: p_("topic", "Backups"),
    Topic.INACTIVE_ACCOUNTS: p_("topic", "Unused accounts"),
    Topic.ACCOUNT_DELETION: p_("topic", "Deleting the account"),
    Topic.ENCRYPTION: p_("topic", "Encryption: who can read what"),
    Topic.FEDERATION: p_("topic", "Other servers"),
    Topic.THIRD_PARTIES: p_("topic", "Who gets data"),
    Topic.PURPOSES: p_("topic", "What data are used for"),
    Topic.LEGAL_BASIS: p_("topic", "Legal basis"),
    Topic.ABUSE: p_("topic", "Spam and misuse"),
    Topic.AUTHORITIES: p_("topic", "Police and courts"),
    Topic.STATISTICS: p_("topic", "Statistics"),
    Topic.EMAIL: p_("topic", "E-mail"),
    Topic.WEBMAIL_COOKIES: p_("topic", "Cookies"),
    Topic.SEARCH_ENGINE: p_("topic", "Search engine"),
    Topic.WEB_ANALYTICS: p_("topic", "Visitors of the website"),
    Topic.RIGHTS: p_("topic", "Your rights"),
    Topic.CONTROLLER_CONTACT: p_("topic", "Who is responsible"),
    Topic.CHILDREN: p_("topic", "Minimum age"),
    Topic.DATA_LOCATION: p_("topic", "Where the data are"),
    Topic.POLICY_CHANGES: p_("topic", "Changes of the policy"),
    Topic.BOT: p_("topic", "This bot"),
}

ASPECTS: dict[Aspect, Message] = {
    Aspect.WHAT: _("What is it about?"),
    Aspect.HOW_LONG: _("How long is it kept?"),
    Aspect.WHY: _("What is it used for?"),
    Aspect.LEGAL_BASIS: _("What is the legal basis?"),
    Aspect.WHO: _("Who can see it?"),
    Aspect.WHERE: _("Where is it?"),
    Aspect.GET: _("How do I get a copy?"),
    Aspect.ERASE: _("How do I delete it?"),
    Aspect.SWITCH_OFF: _("Can I switch it off?"),
    Aspect.ENCRYPTED: _("Is it encrypted?"),
    Aspect.CONTACT: _("Whom can I ask?"),
}

SILENT: dict[Aspect, Message] = {
    Aspect.WHAT: _("The policy says nothing about this (%(topic)s)."),
    Aspect.HOW_LONG: _("The policy does not say how long (%(topic)s)."),
    Aspect.WHY: _("The policy does not say what for (%(topic)s)."),
    Aspect.LEGAL_BASIS: _("The policy does not name a legal basis for this (%(topic)s)."),
    Aspect.WHO: _("The policy does not say who can see this (%(topic)s)."),
    Aspect.WHERE: _("The policy does not say where this is (%(topic)s)."),
    Aspect.GET: _("The policy does not say how you get a copy of this (%(topic)s)."),
    Aspect.ERASE: _("The policy does not say how you can delete this (%(topic)s)."),
    Aspect.SWITCH_OFF: _("The policy does not say whether this can be switched off (%(topic)s)."),
    Aspect.ENCRYPTED: _("The policy does not say whether this is encrypted (%(topic)s)."),
    Aspect.CONTACT: _("The policy names nobody to ask about this (%(topic)s)."),
}
