-- Has Prosody's own mod_announce tell everybody, when a message comes to the host with the resource "bench".
local st = require "util.stanza";
module:depends "announce";

module:hook("message/host", function (event)
	if not event.stanza.attr.to:match("/bench$") then return; end
	local announce = require "core.modulemanager".get_module(module.host, "announce");
	local told = st.clone(event.stanza);
	told.attr.from, told.attr.to, told.attr.id = module.host, nil, nil;
	announce.send_to_all(told, module.host);
	event.origin.send(st.reply(event.stanza):text_tag("body", "done"));
	return true;
end, 1000);
