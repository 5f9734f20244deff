-- Has Prosody's own mod_announce tell everybody, when a message comes to the host with the resource "bench".
local st = require "util.stanza";
module:depends "announce";

module:hook("message/host", function (event)
	if not event.stanza.attr.to:match("/bench$") then return; end
	local announce = require "core.modulemanager".get_module(module.host, "announce");
	local told = st.message({ type = "chat", from = module.host }):text_tag("body", event.stanza:get_child_text("body"));
	announce.send_to_all(told, module.host);
	event.origin.send(st.reply(event.stanza):text_tag("body", "done"));
	return true;
end, 1000);
