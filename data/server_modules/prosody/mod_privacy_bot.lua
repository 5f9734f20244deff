-- mod_privacy_bot: the companion module of xmpp-privacy-bot for Prosody 0.12 and 13.
--
-- Answers the bot's questions about the accounts of this virtual host, erases what it is told to,
-- tells it of logins, and lets people meet it at an address of the host.  The protocol is described
-- in docs/companion-protocol.md of the bot.  Put the file into a directory of plugin_paths, then:
--
--   VirtualHost "example.org"
--     modules_enabled = { "privacy_bot" }                -- or in the global list
--     privacy_bot_component = "privacy.example.org"      -- required: the component that may ask
--     privacy_bot_node = "privacy"                       -- met as privacy@example.org (the default);
--                                                        -- "" for no address on this host
--
--   Component "privacy.example.org"
--     component_secret = "..."
--
-- Needs Lua 5.2 or later.  Storage: internal and sql are known in full.  Of other drivers the known stores are read through
-- Prosody's interface, and the inventory says that there may be more.

local VERSION, PROTOCOL = "1.2.0", 1;
local NS = "xmpp-privacy-bot:companion:1";

local CHUNK = 256 * 1024;        -- bytes of a file that are looked at before others get their turn
local SLICE = 0.004;             -- seconds that a request works before others get their turn
local AT_ONCE, WAITING = 8, 1000; -- requests that are worked on, and that may wait
local PATIENCE = 15;             -- seconds for one category of an inventory, or for a page of records
local ALL_PATIENCE = 30;         -- seconds for an inventory; the bot waits a little longer
local PAGE_BYTES = 200 * 1000;
local ROOM_BUDGET = 20000;       -- messages that an inventory looks at in the rooms' archives
local SLOT_LIFETIME = 660;       -- seconds that an upload can begin after the slot was given, at most
local UPLOAD_SILENCE = 3600;     -- seconds without a byte after which an upload that began is dead
local LATEST = 2 ^ 31 - 1;       -- the latest time that fits into the columns of most databases
local RECOUNT_ROWS = 2000;       -- above that, counting all uploads anew would be felt by others

-- 0.12 has no prefix in the names of its own libraries.
local function library(name)
	local found, loaded = pcall(require, "prosody." .. name);
	return found and loaded or require(name);
end

local lfs = require "lfs";
local array = library "util.array";
local async = library "util.async";
local cache = library "util.cache";
local config = library "core.configmanager";
local datetime = library "util.datetime";
local encodings = library "util.encodings";
local envload = library "util.envload".envload;
local hmac_sha256 = library "util.hashes".hmac_sha256;
local jid = library "util.jid";
local json = library "util.json";
local queue = library "util.queue";
local rostermanager = library "core.rostermanager";
local serialize = library "util.serialization".serialize;
local st = library "util.stanza";
local storagemanager = library "core.storagemanager";
local usermanager = library "core.usermanager";
local new_uuid = library "util.uuid".generate;
local parse_xml = library "util.xml".parse;
local now = library "util.time".now;

local files = storagemanager.olddm; -- the driver "internal", below its own interface
local hosts = prosody.hosts;
local host = module.host;
local component = jid.prep(module:get_option_string("privacy_bot_component"));
local node = encodings.stringprep.nodeprep(module:get_option_string("privacy_bot_node", "privacy")) or "";

if not component then
	module:log("error", "privacy_bot_component is not set for %s: name the component of the privacy bot there", host);
	return;
end

-- Errors that have a meaning for the caller; everything else is a fault, for the log.
local TIMEOUT, UNKNOWN_STORAGE = {}, {};
local function refuse(kind, condition) error({ kind = kind, condition = condition }, 0); end
local function bad_request() refuse("modify", "bad-request"); end

-- The log gets the reason, but neither the account's name nor its form in the names of files.
local function complain(what, err, user)
	local text = err == TIMEOUT and "it took too long" or tostring(err == UNKNOWN_STORAGE and "unknown storage driver" or err);
	for _, name in ipairs(type(user) == "string" and { user, files.path_encode(user) } or {}) do
		text = text:gsub(name:gsub("%p", "%%%0"), "...");
	end
	module:log("error", "%s failed: %s", what, text);
end

local function loaded(name, at) local session = hosts[at or host]; return session and session.modules[name]; end
local function sorted(set) local names = array(); for name in pairs(set) do names:push(name); end return names:sort(); end
local function bare_of(user) return jid.join(user, host); end

-- Slices and the queue ------------------------------------------------------------------------

local job;             -- the request that runs just now
local slice_end = 0;   -- when it has to let others go on
local running, line = 0, queue.new(WAITING);
local unanswered = {}; -- all requests, so that none stays without an answer when the module goes

local function breathe(pause)
	if not pause and now() < slice_end then return; end
	local mine = job;
	local wait, done = async.waiter();
	module:add_timer(pause or 0, done);
	wait();
	job, slice_end = mine, now() + SLICE;
	if job.deadline and slice_end > job.deadline then error(TIMEOUT, 0); end
end

local run_next;
local function work(request)
	job, slice_end = request, now() + SLICE;
	request.answer(pcall(request.work));
	unanswered[request] = nil;
	running = running - 1;
	module:add_timer(0, run_next); -- not from here: the stack would grow with the queue
end

function run_next()
	if running >= AT_ONCE then return; end
	local request = line:pop();
	if not request then return; end
	running = running + 1;
	async.runner(work):run(request);
end

local function enqueue(request)
	if not line:push(request) then return false; end
	unanswered[request] = true;
	run_next();
	return true;
end

-- Runs something with a time limit of its own, within that of the request; returns like pcall.
local function within(seconds, ...)
	local mine, before = job, job.deadline;
	mine.deadline = math.min(now() + seconds, before or math.huge);
	local results = table.pack(pcall(...));
	mine.deadline = before;
	return table.unpack(results, 1, results.n);
end

-- Archives ------------------------------------------------------------------------------------
-- Two kinds with the same methods: stat(), each(), back(), remove(), clear().  With the member
-- before, all of them know only what is older than that time.  The driver "internal" parses the whole file for every question (0.12) or reads item by item (13), and blocks
-- the server meanwhile; so its list files are read here.  An item begins with "item(" at the
-- beginning of a line; no text can fake that, since line breaks inside of texts are escaped.

local BEGIN = "\nitem(";
local File, Table = {}, {};
File.__index, Table.__index = File, Table;

local function parse(text)
	local item;
	local chunk = envload(text, "=item", { item = function (found) item = found; end });
	if not (chunk and pcall(chunk) and item) then error("damaged item in a list file"); end
	return item;
end

local function time_of(text) -- an attribute of a stanza cannot look like that, it is quoted
	local _, stop = text:find('["when"] = ', 1, true); -- plain, for that takes half the time of a pattern
	return stop and tonumber(text:match("^[%d.]+", stop + 1)) or datetime.parse(parse(text).attr.stamp);
end

local function to_entry(item, offset)
	local attr = item.attr;
	local entry = { id = item.key or tostring(offset), time = item.when or datetime.parse(attr.stamp), with = item.with };
	item.key, item.when, item.with, attr.stamp, attr.stamp_legacy = nil, nil, nil, nil, nil;
	entry.stanza = st.deserialize(item);
	return entry;
end

-- Calls visit(text, offset) for the items from offset on, until it returns true.
function File:forth(offset, visit)
	local file = io.open(self.path, "rb");
	if not file then return; end
	file:seek("set", offset);
	local buffer, from = "", 1; -- offset: where the buffer begins in the file
	while true do
		local stop = buffer:find(BEGIN, from, true);
		if stop then
			if visit(buffer:sub(from, stop), offset + from - 1) then break; end
			from = stop + 1;
		else
			breathe();
			local more = file:read(CHUNK);
			if not more then
				if from <= #buffer then visit(buffer:sub(from), offset + from - 1); end
				break;
			end
			buffer, offset, from = buffer:sub(from) .. more, offset + from - 1, 1;
		end
	end
	file:close();
end

-- The same from the newest item to the oldest.
function File:backward(visit)
	local file = io.open(self.path, "rb");
	if not file then return; end
	local stop, rest = file:seek("end"), "";
	while stop > 0 do
		local start = math.max(0, stop - CHUNK);
		file:seek("set", start);
		local text = file:read(stop - start) .. rest;
		local begins, at = {}, start == 0 and 0 or text:find(BEGIN, 1, true);
		while at do
			begins[#begins + 1] = at + 1;
			at = text:find(BEGIN, at + 1, true);
		end
		local last = #text;
		for i = #begins, 1, -1 do
			if visit(text:sub(begins[i], last), start + begins[i] - 1) then file:close(); return; end
			last = begins[i] - 1;
		end
		stop, rest = start, text:sub(1, last);
		breathe();
	end
	file:close();
end

local scratches = {};            -- files that are being written
local counted = cache.new(1000); -- path → what was counted, so that only what was added is counted anew

-- What was counted before, if the file has only grown since.
local function counted_before(path, file, inode)
	local known = counted:get(path);
	if known and known.inode == inode and file:seek("set", known.size - #known.tail)
		and file:read(#known.tail) == known.tail then return known; end
	file:seek("set", 0);
	return { inode = inode, count = 0, size = 0, tail = "" };
end

-- Whether an item is one that this archive was opened for, as far as its text tells.
function File:wants(text)
	return (not self.mark or text:find(self.mark, 1, true) ~= nil) and (not self.before or time_of(text) < self.before);
end

-- What is older than a time; all has to be looked at, since nothing says that it lies in order.
function File:stat_before()
	local stat = { count = 0, bytes = 0 };
	self:forth(0, function (text)
		breathe();
		local time = time_of(text);
		if time >= self.before then return; end
		stat.count, stat.bytes = stat.count + 1, stat.bytes + #text;
		stat.oldest, stat.newest = math.min(stat.oldest or time, time), math.max(stat.newest or time, time);
	end);
	return stat;
end

function File:stat()
	if self.before then return self:stat_before(); end
	local inode = lfs.attributes(self.path, "ino");
	local file = inode and io.open(self.path, "rb");
	if not file then return { count = 0, bytes = 0 }; end
	local known = counted_before(self.path, file, inode);
	local count, size, tail = known.count, known.size, known.size == 0 and "\n" or known.tail;
	local function look(text)
		local at = text:find(BEGIN, 1, true);
		while at do
			count, at = count + 1, text:find(BEGIN, at + 1, true);
		end
	end
	for chunk in file:lines(CHUNK) do -- no copies of it: collecting what is thrown away takes longer than looking
		look(tail:sub(1 - #BEGIN) .. chunk:sub(1, #BEGIN - 1)); -- one that lies across the border
		look(chunk);
		size, tail = size + #chunk, #chunk < 200 and (tail .. chunk):sub(-200) or chunk:sub(-200);
		breathe();
	end
	file:close();
	counted:set(self.path, { inode = inode, count = count, size = size, tail = tail:sub(-size) });
	local stat = { count = count, bytes = size };
	self:forth(0, function (text) stat.oldest = time_of(text); return true; end);
	self:backward(function (text) stat.newest = time_of(text); return true; end);
	return stat;
end

-- Where to go on after a cursor.  If the file was written anew since and the item is gone, that is
-- at the first one that is not older.
function File:after(cursor)
	local offset, time, key = cursor:match("^(%d+) ([%d.]+) (.+)$");
	if not offset then bad_request(); end
	local mark, found, later, size = '["key"] = ' .. serialize(key), nil, nil, 0;
	local function look(text, at)
		size = at + #text;
		if text:find(mark, 1, true) then found = size; return true; end
		if not later and time_of(text) >= tonumber(time) then later = at; end
	end
	self:forth(tonumber(offset), function (text, at)
		if text:find(mark, 1, true) then found = at + #text; end
		return true;
	end);
	if not found then self:forth(0, look); end
	return found or later or size;
end

-- Calls visit(entry, cursor) for every item, oldest first, until it returns true.  With a quick test
-- of the text only those that pass are parsed; for the others visit(nil, cursor) comes now and then.
function File:each(cursor, visit, quick)
	local skipped = 0;
	self:forth(cursor and self:after(cursor) or 0, function (text, offset)
		breathe();
		local entry;
		if self:wants(text) and (not quick or quick(text)) then
			entry = to_entry(parse(text), offset);
			if self.with and entry.with ~= self.with then entry = nil; end
		end
		skipped = entry and 0 or skipped + 1;
		if entry or skipped % 1000 == 0 then
			local key = entry and entry.id or parse(text).key or tostring(offset);
			return visit(entry, ("%d %.6f %s"):format(offset, entry and entry.time or time_of(text), key));
		end
	end);
end

-- Calls visit(entry or nil) for every item, newest first, until it returns true.
function File:back(visit, quick)
	self:backward(function (text, offset)
		breathe();
		if not self:wants(text) then return; end
		return visit((not quick or quick(text)) and to_entry(parse(text), offset) or nil);
	end);
end

-- Writes the file anew without the items that are wanted, and have one of these ids if there are any.
-- The last step is not interrupted: what was added meanwhile is copied, then the driver is made to
-- forget how many items it believes there are (it deletes the list), then the new file takes the place.
function File:rewrite(ids, scratch)
	local removed, copied = 0, 0;
	local target = assert(io.open(scratch, "wb"));
	local function copy(text, offset)
		breathe();
		local goes = self:wants(text) and (not ids or ids[parse(text).key or tostring(offset)]);
		if goes then removed = removed + 1; else assert(target:write(text)); end
		copied = offset + #text;
	end
	local inode = lfs.attributes(self.path, "ino");
	self:forth(0, copy);
	slice_end = math.huge;
	local settled = lfs.attributes(self.path, "ino") == inode; -- else somebody else wrote it anew
	if settled then self:forth(copied, copy); end
	assert(target:close());
	if settled and removed > 0 then
		assert(self.api:delete(self.user));
		if lfs.attributes(scratch, "size") > 0 then assert(os.rename(scratch, self.path)); end
	end
	return settled and removed;
end

-- One at a time for each file: uploads and rooms have one for everybody.
function File:remove(ids)
	if not lfs.attributes(self.path, "ino") then return 0; end
	local scratch = self.path .. ".privacy_bot";
	while scratches[scratch] do breathe(0.02); end
	scratches[scratch] = true;
	local fine, removed = pcall(self.rewrite, self, ids, scratch);
	os.remove(scratch);
	scratches[scratch], slice_end = nil, 0;
	if not fine then error(removed, 0); end
	return removed or self:remove(ids);
end

-- Removes everything that it was opened for; with before, returns how many that were.
function File:clear()
	if not self.before then return self.path == "" or self.api:delete(self.user); end
	local some = false;
	self:forth(0, function (text) -- mostly the first is the oldest; without any, nothing has to be written
		breathe();
		some = self:wants(text);
		return some;
	end);
	return some and self:remove() or 0;
end

-- The driver "sql": its tables are read with statements of our own, since its interface parses every
-- row and knows no position that outlives the removal of an item.
local FROM = [[ FROM "prosodyarchive" WHERE "host"=? AND "user"=? AND "store"=?]];
local ROWS = 200;

local function sql_engines() return module:shared("/*/sql/connections"); end

-- The connection that a host uses, if there are several.
local function sql_engine(at)
	local engines, wanted = sql_engines(), config.get(at, "sql") or { driver = "SQLite3" };
	local first, engine = next(engines);
	if first and not next(engines, first) then return engine; end
	local name = wanted.database or "prosody.sqlite"; -- of SQLite, in the end of an absolute path
	for _, each in pairs(engines) do
		local has = each.params;
		local same = has.database == name or has.driver == "SQLite3" and has.database:sub(-#name) == name;
		if same and has.driver == wanted.driver and has.host == wanted.host and has.username == wanted.username then return each; end
	end
	error("no connection to the database");
end

local function query(engine, statement, ...)
	local args, rows = table.pack(...), nil;
	assert(engine:transaction(function ()
		rows = {};
		for row in engine:select(statement, table.unpack(args, 1, args.n)) do rows[#rows + 1] = row; end
	end));
	return rows;
end

function Table:select(columns, condition, ...)
	local args = { self.host, self.user or "", self.store };
	for _, value in ipairs { ... } do args[#args + 1] = value; end
	if self.with then
		condition, args[#args + 1] = ' AND "with"=?' .. condition, nil;
		table.insert(args, 4, self.with);
	end
	return query(self.engine, "SELECT " .. columns .. FROM .. condition, table.unpack(args));
end

function Table:stat()
	if self.before then -- answered by the index of the times
		local row = self:select('COUNT(*), MIN("when"), MAX("when")', ' AND "when" < ?', self.before)[1];
		return { count = tonumber(row[1]), oldest = tonumber(row[2]), newest = tonumber(row[3]) };
	end
	local function edge(order)
		local row = self:select('"when"', ' ORDER BY "sort_id" ' .. order .. " LIMIT 1")[1];
		return row and tonumber(row[1]);
	end
	return { count = tonumber(self:select("COUNT(*)", "")[1][1]), oldest = edge "ASC", newest = edge "DESC" };
end

-- Times are compared here: in the statement, they could make the database choose another index than
-- that of the order, or look at a whole archive in one go until it has found enough rows.
function Table:walk(order, compare, last, visit, quick)
	local condition = ' AND "sort_id" ' .. compare .. ' ? ORDER BY "sort_id" ' .. order .. " LIMIT " .. ROWS;
	repeat
		local rows = self:select('"sort_id", "key", "value", "when"', condition, last);
		for _, row in ipairs(rows) do
			breathe();
			last = tonumber(row[1]);
			local wanted = not self.before or tonumber(row[4]) < self.before;
			local entry = wanted and (not quick or quick(row[3])) and { id = row[2], stanza = parse_xml(row[3]), time = tonumber(row[4]) } or nil;
			if (wanted or order == "ASC") and visit(entry, ("%d"):format(last)) then return; end
		end
	until #rows < ROWS;
end

function Table:each(cursor, visit, quick)
	self:walk("ASC", ">", (cursor or "0"):match("^%d+$") or bad_request(), visit, quick);
end

function Table:back(visit, quick) self:walk("DESC", "<", "9007199254740992", visit, quick); end -- PostgreSQL takes no floats

function Table:remove(ids)
	local removed = 0;
	for id in pairs(ids) do
		assert(self.api:delete(self.user, { key = id }));
		removed = removed + 1;
		breathe();
	end
	return removed;
end

-- In steps, since one statement for a large archive would block.  The driver's own ranges are of whole
-- seconds, while it stores fractions where the database lets it; so it only has to count anew at the end.
function Table:clear_before()
	local number, row = self:stat().count, nil;
	repeat
		row = self:select('"when"', ' AND "when" < ? ORDER BY "when" LIMIT 1 OFFSET 500', self.before)[1];
		assert(self.engine:transaction(function ()
			self.engine:delete("DELETE" .. FROM .. (row and ' AND "when" <= ?' or ' AND "when" < ?'),
				self.host, self.user, self.store, row and row[1] or self.before);
		end));
		breathe();
	until not row;
	assert(self.api:delete(self.user, { ["end"] = 0 }));
	return number;
end

-- The same for everything: only the last step has to be the driver's.
function Table:clear()
	if self.before then return self:clear_before(); end
	repeat
		local row = self:select('"sort_id"', ' ORDER BY "sort_id" LIMIT 1 OFFSET 500')[1];
		if row then
			assert(self.engine:transaction(function ()
				self.engine:delete("DELETE" .. FROM .. ' AND "sort_id" < ?', self.host, self.user, self.store, row[1]);
			end));
		end
		breathe();
	until not row;
	return self.api:delete(self.user);
end

-- An archive of an account, or with at of another host; with restricts it to one correspondent, before
-- to what is older than that time.
local function archive_of(store, user, at, with, before)
	at = at or host;
	local driver, name = storagemanager.get_driver(at, store:sub(1, 4) == "pep_" and "pep_data" or store);
	local archive = { store = store, user = user, host = at, with = with, before = before, api = driver:open(store, "archive") };
	if name == "internal" or name == "none" then
		archive.path = name == "internal" and files.getpath(user, at, store, "list") or ""; -- no file, no items
		archive.mark = with and '["with"] = ' .. serialize(with) or nil;
		return setmetatable(archive, File);
	elseif name == "sql" then
		archive.engine = sql_engine(at);
		if before and archive.engine.params.driver ~= "SQLite3" then before = math.floor(math.min(math.ceil(before), LATEST)); end
		archive.before = before; -- of the column's type
		return setmetatable(archive, Table);
	end
	error(UNKNOWN_STORAGE, 0);
end

-- The owners of archives of that name on a host.  In a table one is found after the other by the
-- index; DISTINCT would look at every row.
local function owners(store, at, visit)
	local archive = archive_of(store, nil, at);
	if archive.path then
		for name in files.users(at, store, "list") do visit(name); end
		return;
	end
	local statement, last = [[SELECT MIN("user") FROM "prosodyarchive" WHERE "host"=? AND "user">? AND "store"=?]], "";
	while true do
		last = query(archive.engine, statement, at, last, store)[1][1];
		if not last then return; end
		visit(last);
		breathe();
	end
end

-- Stores --------------------------------------------------------------------------------------

local function load(store, user, at)
	local data, err = storagemanager.open(at or host, store):get(user);
	if data == nil and err then error(err); end
	return type(data) == "table" and data or {};
end

local function save(store, user, data)
	assert(storagemanager.open(host, store):set(user, data));
end

local function drivers()
	local names, storage = {}, config.get(host, "storage");
	local function add(store)
		local driver, name = storagemanager.get_driver(host, store);
		if driver and name then names[name] = driver; end
	end
	add("");
	for store in pairs(type(storage) == "table" and storage or {}) do
		if type(store) == "string" then add(store); end
	end
	return names;
end

-- From one store to the next by the index: DISTINCT would visit every message.
local function sql_stores(user, into)
	local statement = [[SELECT MIN("store") FROM "%s" WHERE "host"=? AND "user"=? AND "store">?]];
	for _, engine in pairs(sql_engines()) do
		for table_name, kind in pairs { prosody = "keyval", prosodyarchive = "archive" } do
			local store = query(engine, statement:format(table_name), host, user, "")[1][1];
			while store do
				into[store] = kind;
				store = query(engine, statement:format(table_name), host, user, store)[1][1];
			end
		end
	end
end

-- The stores that have something of that account: name → keyval or archive; and whether there may be more.
local function stores_of(user)
	local found, more = {}, false;
	for name in pairs(drivers()) do
		if name == "internal" then
			for store in files.stores(user, host, "keyval") do found[store] = "keyval"; end
			for store in files.stores(user, host, "list") do found[store] = "archive"; end
		elseif name == "sql" then
			sql_stores(user, found);
		elseif name ~= "none" and name ~= "null" then
			more = true;
		end
	end
	return found, more;
end

local archive_store = module:get_option_string("archive_store", "archive");
local KNOWN = { -- store → the category that tells of it; pep_… are the items of PEP nodes
	accounts = "account", account_details = "account", account_roles = "account", account_flags = "account",
	accounts_cleanup = "account", roles = "account", roster = "roster", lastlog = "last_activity",
	lastlog2 = "last_activity", account_activity = "last_activity", offline = "offline_messages",
	[archive_store] = "archive", [archive_store .. "_prefs"] = "archive", vcard = "profile", pep = "client_data",
	private = "client_data", blocklist = "blocklist", privacy = "blocklist", cloud_notify = "push_registrations",
	smacks_h = "sessions", auth_tokens = "access_tokens", fast_tokens = "access_tokens",
	privacy_bot = "bot_records",
};

local function unknown_stores(user)
	local stores, more = stores_of(user);
	local found = {};
	for store, kind in pairs(stores) do
		if not KNOWN[store] and store:sub(1, 4) ~= "pep_" then found[store] = kind; end
	end
	return found, more;
end

-- Acting as the user: what some modules keep in memory stays right, and clients hear of it.  Their
-- handlers expect a session and the account to be online; for those offline it is, for that moment.
-- Returns what is answered, if anything.
local function ask_as(user, stanza)
	local sessions, answer = hosts[host].sessions, nil;
	local session = {
		type = "c2s", username = user, host = host, resource = "privacy-bot", full_jid = bare_of(user) .. "/privacy-bot",
		roster = rostermanager.load_roster(user, host), role = usermanager.get_user_role and usermanager.get_user_role(user, host),
		log = module._log, secure = true, priority = -1, close = function () end,
		send = function (sent) answer = answer or sent; return true; end,
	};
	local standin = not sessions[user] and { sessions = {}, roster = session.roster } or nil;
	sessions[user] = sessions[user] or standin;
	stanza.attr.from = session.full_jid;
	local fine, err = pcall(prosody.core_post_stanza, session, stanza, true);
	if standin and sessions[user] == standin then sessions[user] = nil; end
	if not fine then error(err, 0); end
	return answer;
end

local function as_user(user, stanza)
	local answer = ask_as(user, stanza);
	if st.is_stanza(answer) and answer.attr.type == "error" then error("refused: " .. tostring(select(2, answer:get_error()))); end
	breathe();
end

-- Settings ------------------------------------------------------------------------------------

local DAY = 86400;
local recent = module.get_option_period ~= nil; -- 13 and later
local UNITS = recent and { s = 1, min = 60, h = 3600, ho = 3600, d = DAY, w = 7 * DAY, m = 31 * DAY, mo = 31 * DAY, mi = 60, mon = 31 * DAY, y = 365.2425 * DAY }
	or { d = DAY, w = 7 * DAY, m = 31 * DAY, y = 365.2425 * DAY };

-- A period as this version of Prosody understands it: seconds, "unlimited", or nil.
local function period(value)
	if value == "never" or value == false then return "unlimited"; end
	if recent and type(value) == "number" and value < 0 then return "unlimited"; end
	if recent and type(value) == "number" then return value; end
	local number, unit = tostring(value):lower():match(recent and "(%d+)%s*([smhdwy]?[io]?n?)" or "(%d+)%s*([dwmy]?)");
	return number and tonumber(number) * (UNITS[unit] or 1);
end

local function place(at)
	if at == "*" then return "global"; end
	if hosts[at] and hosts[at].type == "local" then return ('VirtualHost "%s"'):format(at); end
	local kind = config.rawget(at, "component_module");
	return ('Component "%s"'):format(at) .. (kind and kind ~= "component" and (' "%s"'):format(kind) or "");
end

local function contains(list, name)
	for _, each in pairs(type(list) == "table" and list or {}) do if each == name then return true; end end
	return false;
end

-- Where an option is written (with a module's name: where it is enabled), and whether it is.
local function written(at, option, name)
	for _, where in ipairs { at, "*" } do
		local value = config.rawget(where, option);
		if value ~= nil and (not name or contains(value, name)) then return place(where), true; end
	end
	return place(at), false;
end

local function value_of(at, option, default)
	local value = config.get(at, option);
	if value == nil then return default; end
	return value;
end

local function truth(at, option, default)
	local value = value_of(at, option, default);
	return value == true or value == "true" or value == 1;
end

local function uploads_retention(at)
	if config.get(at, "http_file_share_base_url") then return nil; end -- stored elsewhere: Prosody removes nothing there
	if recent then return period(value_of(at, "http_file_share_expires_after", "1w")); end
	local seconds = tonumber(value_of(at, "http_file_share_expires_after", 7 * DAY)); -- 0.12 wants a number
	return seconds and (seconds < 0 and "unlimited" or seconds);
end

local RETENTION = {
	archive = function () return loaded "mam" and period(value_of(host, "archive_expires_after", "1w")); end,
	room_archive = function (at) return period(value_of(at, "muc_log_expires_after", "1w")); end,
	uploads = uploads_retention,
};

local LEVELS = { "debug", "info", "warn", "error" };

-- The most talkative level of each kind of rule that the option log can hold.
local function log_level()
	local log, best = config.get("*", "log"), #LEVELS + 1;
	local lowest = config.get("*", "debug") and 1 or 2; -- for a lone file name, or without the option
	local function rank(name) for i, level in ipairs(LEVELS) do if level == name then return i; end end return #LEVELS + 1; end
	local function count(level) best = math.min(best, level); end
	if log == nil then return "none"; end -- to the console only
	if type(log) == "string" then
		if log:sub(1, 1) ~= "*" then count(lowest); elseif log == "*syslog" then count(1); end
		return LEVELS[best] or "none";
	end
	for key, rule in pairs(log) do
		if type(rule) == "string" and type(key) == "string" then
			if rule:sub(1, 1) ~= "*" or rule == "*syslog" then count(rank(key)); end
		elseif rule == "*syslog" then
			count(1);
		elseif type(rule) == "table" and (rule.to == "file" or rule.to == "syslog") then
			local levels = rule.levels;
			if levels == nil then count(1);
			elseif type(levels) == "string" then count(rank(levels));
			else
				count(rank(levels.min));
				for _, level in ipairs(levels) do count(rank(level)); end
				if levels.max and not levels.min then count(rank(levels.max)); end
			end
		end
	end
	return LEVELS[best] or "none";
end

-- Debug writes the address of every connection.  Above that Prosody itself writes none of users,
-- unless one of these modules does.
local function log_ip(level)
	if level == "debug" then return true; end
	if level == "none" then return false; end
	return level == "info" and (loaded "log_auth" ~= nil or truth(host, "blocklist_on_registration_throttle_overload",
		truth(host, "blacklist_on_registration_throttle_overload", false))) or loaded "c2s_conn_throttle" ~= nil;
end

local function archive_default()
	local value = value_of(host, "default_archive_policy", true);
	if truth(host, "mam_smart_enable", false) then return nil; end -- that depends on the clients
	if value == "roster" then return "roster"; end
	if recent then return (value == false or value == "never") and "never" or "always"; end
	return truth(host, "default_archive_policy", true) and "always" or "never";
end

-- One module for each way in which an account can be made in the client.
local function registration_open()
	return loaded "register_ibr" ~= nil and not (loaded "invites_register" and truth(host, "registration_invite_only", true));
end

local function reports_ip()
	if not loaded "watchregistrations" then return false; end
	local watchers = value_of(host, "registration_watchers", value_of(host, "admins", {}));
	local text = value_of(host, "registration_notification", "User $username just registered on $host from $ip");
	return (type(watchers) ~= "table" or next(watchers) ~= nil) and tostring(text):find("$ip", 1, true) ~= nil;
end

local function password_format()
	local name = value_of(host, "authentication", "internal_hashed");
	return ({ internal_plain = "plain", internal_hashed = "scram" })[name] or name;
end

local function offline_limit()
	local _, driver = storagemanager.get_driver(host, "offline");
	return tonumber(value_of(host, "storage_archive_item_limit", driver == "internal" and 10000 or nil)) or "unlimited";
end

local function hosts_with(name)
	local found = {};
	for at in pairs(hosts) do if loaded(name, at) then found[at] = true; end end
	return sorted(found);
end

local function room_history(at)
	local usual = tonumber(value_of(at, "muc_room_default_history_length", 20));
	return math.min(usual or 20, tonumber(value_of(at, "max_history_messages", math.huge)) or math.huge);
end

local function any_loaded(...)
	for _, name in ipairs { ... } do if loaded(name) then return name; end end
end

local function all_settings()
	local list = array();
	local function put(key, value, option, at, enabled)
		local where, set = written(at, option, enabled);
		list:push { key = key, value = value == nil and json.null or value, option = option, place = where, set = set, host = at ~= "*" and at or nil };
	end
	local function has(key, ...)
		local name = any_loaded(...);
		put(key, name ~= nil, "modules_enabled", host, name or (...));
	end
	has("archive", "mam");
	put("archive.default", loaded "mam" and archive_default() or nil, "default_archive_policy", host);
	put("archive.retention", RETENTION.archive() or nil, "archive_expires_after", host);
	has("offline_messages", "offline");
	put("offline_messages.retention", nil, "", host);
	put("offline_messages.limit", offline_limit(), "storage_archive_item_limit", host);
	has("last_activity", "lastlog2", "lastlog", "account_activity", "lastactivity");
	put("last_activity.ip", any_loaded("lastlog2", "lastlog") ~= nil and truth(host, "lastlog_ip_address", false), "lastlog_ip_address", host);
	has("push_registrations", "cloud_notify");
	has("blocklist", "blocklist", "privacy_lists");
	put("registration.open", registration_open(), "allow_registration", host);
	put("registration.reports_ip", reports_ip(), "registration_notification", host);
	put("password.format", password_format(), "authentication", host);
	put("inactive.retention", nil, "", host);
	put("sessions.resume", loaded "smacks" and period(value_of(host, "smacks_hibernation_time", 600)) or 0, "smacks_hibernation_time", host);
	local level = log_level();
	put("logs.level", level, "log", "*");
	put("logs.ip", log_ip(level), "log", "*");
	put("logs.retention", nil, "log", "*");
	put("logs.rotation", nil, "log", "*");
	for _, at in ipairs(hosts_with "muc") do
		put("room_archive", loaded("muc_mam", at) ~= nil, "modules_enabled", at, "muc_mam");
		put("room_history", room_history(at), "max_history_messages", at);
		if loaded("muc_mam", at) then
			put("room_archive.default", truth(at, "muc_log_all_rooms", false) or truth(at, "muc_log_by_default", true), "muc_log_by_default", at);
			put("room_archive.retention", RETENTION.room_archive(at), "muc_log_expires_after", at);
		end
	end
	local has_uploads = false;
	for _, at in ipairs(hosts_with "http_file_share") do
		has_uploads = true;
		local size = tonumber(value_of(at, "http_file_share_size_limit", 10 * 1024 * 1024));
		list:push { key = "uploads", value = true, option = "", place = place(at), set = true, host = at };
		put("uploads.retention", uploads_retention(at), "http_file_share_expires_after", at);
		put("uploads.size_limit", size, "http_file_share_size_limit", at);
		put("uploads.quota", tonumber(value_of(at, "http_file_share_daily_quota", size and size * 10)), "http_file_share_daily_quota", at);
	end
	if not has_uploads then put("uploads", false, "modules_enabled", host, "http_file_share"); end
	return list;
end

-- Categories ----------------------------------------------------------------------------------
-- Each has available() (can this server hold it at all), look(user, details, before) → holding, list of
-- items, and where they make sense records(user, arguments) → sources, and erase(user, before) → how
-- many.  Only those that are dated heed before: what is older than that time, or everything without.

local categories, ORDER = {}, array();
local function category(name, definition)
	categories[name] = definition;
	ORDER:push(name);
end

local function always() return true; end
local function with_module(...)
	local names = { ... };
	return function () return any_loaded(table.unpack(names)) ~= nil; end;
end
local function on_any_host(name) return function () return hosts_with(name)[1] ~= nil; end; end

local function size_of(data) return #serialize(data); end

-- A source of records: a name that is sorted by, and each(cursor, visit(item or nil, cursor)).
local function archive_source(name, archive, more, quick, test)
	return { name = name, each = function (cursor, visit)
		archive:each(cursor, function (entry, position)
			if not entry or test and not test(entry.stanza) then return visit(nil, position); end
			local item = { id = entry.id, time = entry.time, xml = tostring(entry.stanza) };
			for key, value in pairs(more or {}) do item[key] = value; end
			return visit(item, position);
		end, quick);
	end };
end

-- A list that is at hand; the cursor is the item itself, so that nothing is lost when others go.
local function list_source(name, items)
	return { name = name, each = function (cursor, visit)
		local keyed = {};
		for _, item in ipairs(items) do keyed[json.encode_ordered(item)] = item; end
		for _, key in ipairs(sorted(keyed)) do
			if (not cursor or key > cursor) and visit(keyed[key], key) then return; end
		end
	end };
end

local function created_at(user)
	local info = usermanager.get_account_info and usermanager.get_account_info(user, host) or {};
	local accounts, details = load("accounts", user), load("account_details", user);
	local registered = load("lastlog2", user).registered;
	return info.created or accounts.created or tonumber(details.registered)
		or type(registered) == "table" and registered.timestamp or nil;
end

category("account", {
	available = always;
	look = function (user)
		local enabled = not usermanager.user_is_enabled or usermanager.user_is_enabled(user, host) == true;
		local items = array(); -- what was asked for at the registration, such as an e-mail address
		for name, value in pairs(load("account_details", user)) do
			if type(name) == "string" and name ~= "registered" and not name:find("password", 1, true) and type(value) ~= "table" then
				items:push { name = name, value = tostring(value) };
			end
		end
		return { count = 1, facts = { created = created_at(user), enabled = enabled, given = #items } }, items;
	end;
});

category("password", {
	available = always;
	look = function (user)
		local provider = tostring(usermanager.get_provider(host).name);
		if not provider:match("^internal_") then return { count = json.null, facts = { format = provider } }; end
		local stored = load("accounts", user);
		local format = stored.password and "plain"
			or stored.stored_key and (#stored.stored_key == 64 and "scram-sha-256" or "scram-sha-1") or nil;
		return { count = format and 1 or 0, facts = { format = format, changed = tonumber(stored.updated) } };
	end;
});

local function roster_items(user) -- as stored: Prosody's cache outlives the account
	local roster, items = load("roster", user), array();
	for contact, item in pairs(roster) do
		if contact then
			items:push { jid = contact, name = item.name, subscription = item.subscription, ask = item.ask, groups = sorted(item.groups or {}) };
		end
	end
	local requests = 0;
	for contact in pairs(roster[false] and roster[false].pending or {}) do
		requests = requests + 1;
		if not roster[contact] then items:push { jid = contact, subscription = "none", groups = array(), pending = true }; end
	end
	return items, requests;
end

category("roster", {
	available = with_module("roster");
	look = function (user)
		local items, requests = roster_items(user);
		return { count = #items, facts = { requests = requests } }, items;
	end;
	records = function (user)
		local items = roster_items(user):map(function (item)
			local xml = st.stanza("item", { xmlns = "jabber:iq:roster", jid = item.jid, name = item.name,
				subscription = item.subscription, ask = item.ask });
			for _, group in ipairs(item.groups) do xml:text_tag("group", group); end
			item.xml = tostring(xml);
			return item;
		end);
		return { list_source("", items) };
	end;
	erase = function (user)
		local items = roster_items(user);
		for _, item in ipairs(items) do
			if item.pending then
				as_user(user, st.presence { type = "unsubscribed", to = item.jid });
			else
				as_user(user, st.iq { type = "set", id = "privacy-bot" }:query("jabber:iq:roster")
					:tag("item", { xmlns = "jabber:iq:roster", jid = item.jid, subscription = "remove" }):reset());
			end
		end
		return #items;
	end;
});

local function each_session(user, visit)
	local online = hosts[host].sessions[user];
	for resource, session in pairs(online and online.sessions or {}) do visit(resource, session); end
end

category("presence", {
	available = always;
	look = function (user)
		local items = array();
		each_session(user, function (resource, session)
			local presence = session.presence;
			if presence then
				items:push { resource = resource, show = presence:get_child_text("show"), status = presence:get_child_text("status") };
			end
		end);
		return { count = #items, memory = true }, items;
	end;
});

local ACTIVITY = { "lastlog2", "lastlog", "account_activity" };
local function activity_memory() local mod = loaded "lastactivity"; return mod and mod.module.save and mod.module.save().map or {}; end

category("last_activity", {
	available = with_module("lastlog2", "lastlog", "account_activity", "lastactivity");
	look = function (user)
		local facts, newest, stored = {}, nil, false;
		local function add(kind, time)
			if type(time) ~= "number" then return; end
			facts[kind or ""] = math.max(facts[kind or ""] or 0, time);
			newest = math.max(newest or 0, time);
		end
		local log2, log1 = load("lastlog2", user), load("lastlog", user);
		for _, kind in ipairs { "login", "logout" } do add(kind, type(log2[kind]) == "table" and log2[kind].timestamp); end
		if log1.event ~= "registered" then add(log1.event, log1.timestamp); end
		add(nil, load("account_activity", user).timestamp);
		stored = newest ~= nil;
		local unavailable = activity_memory()[user];
		add("logout", unavailable and unavailable.t);
		return { count = newest and 1 or 0, newest = newest, oldest = newest, memory = newest and not stored or nil,
			facts = { login = facts.login, logout = facts.logout } };
	end;
	erase = function (user)
		local known = categories.last_activity.look(user).count;
		for _, store in ipairs(ACTIVITY) do if next(load(store, user)) then save(store, user, nil); end end
		activity_memory()[user] = nil;
		return known;
	end;
});

-- Visits the tables that hold an address: of the whole store, or of one event in it.
local function each_address(user, visit)
	for _, store in ipairs { "lastlog2", "lastlog", "account_details" } do
		local data = load(store, user);
		for _, part in pairs(data) do if type(part) == "table" and part.ip then visit(store, data, part); end end
		if data.ip then visit(store, data, data); end
	end
end

category("ip_addresses", {
	available = function () return any_loaded("lastlog2", "lastlog") ~= nil and truth(host, "lastlog_ip_address", false); end;
	look = function (user)
		local items = array();
		each_address(user, function (store, _, part) items:push { ip = tostring(part.ip), store = store, time = tonumber(part.timestamp) }; end);
		return { count = #items }, items;
	end;
	erase = function (user)
		local number = 0;
		each_address(user, function (store, data, part)
			part.ip, number = nil, number + 1;
			save(store, user, data);
		end);
		return number;
	end;
});

-- A category that is one archive.
local function archive_category(name, required, store, complete)
	local function open(user, before) return archive_of(store, user, nil, nil, before); end
	category(name, {
		dated = true;
		available = with_module(required);
		look = function (user, wanted, before)
			local holding, items = open(user, before):stat(), array();
			complete(holding, user, wanted > 0 and function (visit)
				open(user, before):each(nil, function (entry)
					if entry then items:push(visit(entry)); end
					return #items >= wanted;
				end);
			end);
			return holding, items;
		end;
		records = function (user) return { archive_source("", open(user)) }; end;
		erase = function (user, before)
			if before then return open(user, before):clear(); end
			local number = open(user):stat().count;
			open(user):clear();
			return number;
		end;
	});
end

archive_category("offline_messages", "offline", "offline", function (_, _, each_item)
	if each_item then each_item(function (entry) return { from = entry.stanza.attr.from, time = entry.time }; end); end
end);

local POLICIES = { [true] = "always", [false] = "never", roster = "roster", always = "always", never = "never" };
archive_category("archive", "mam", archive_store, function (holding, user)
	local choice = load(archive_store .. "_prefs", user)[false];
	if choice ~= nil then holding.facts = { default = POLICIES[choice] }; end
end);

-- Rooms are either live, with all in memory, or only stored.  Visits (host, room's node, affiliations,
-- data of affiliations, data of the room, the live room).
local function each_room(visit)
	for _, at in ipairs(hosts_with "muc") do
		local live = {};
		for room in loaded("muc", at).live_rooms() do live[room.jid] = room; end
		for _, room in pairs(live) do
			visit(at, jid.node(room.jid), room._affiliations or {}, room._affiliation_data or {}, room._data or {}, room);
			breathe();
		end
		for room_jid in pairs(load("persistent", nil, at)) do
			if not live[room_jid] then
				local stored = load("config", jid.node(room_jid), at);
				visit(at, jid.node(room_jid), stored._affiliations or stored, stored._affiliation_data or {}, stored._data or {});
				breathe();
			end
		end
	end
end

local function is_in(room, bare)
	for _, occupant in room:each_occupant() do if occupant.bare_jid == bare then return true; end end
	return false;
end

category("room_memberships", {
	available = on_any_host("muc");
	look = function (user)
		local bare, items = bare_of(user), array();
		each_room(function (at, room_node, affiliations, data, _, room)
			local present, nick = room and is_in(room, bare) or false, data[bare] and data[bare].reserved_nickname;
			local affiliation = type(affiliations[bare]) == "string" and affiliations[bare] or nil;
			if affiliation or nick or present then
				items:push { room = jid.join(room_node, at), affiliation = affiliation, nick = nick, present = present };
			end
		end);
		return { count = #items }, items;
	end;
	erase = function (user)
		local bare, number = bare_of(user), 0;
		each_room(function (at, room_node, affiliations, data, _, room)
			if not affiliations[bare] and not data[bare] then return; end
			room = room or loaded("muc", at).get_room_from_jid(jid.join(room_node, at));
			if room and assert(room:set_affiliation(true, bare, nil)) then number = number + 1; end
		end);
		return number;
	end;
});

-- How own messages in a room's archive are recognised: by the occupant-id, or by the real address
-- where the room stores it.  The text is tested first, for parsing everything would take long.
local function recognition(user, salt)
	local bare = bare_of(user);
	local id = salt and encodings.base64.encode(hmac_sha256(bare, salt));
	local in_file, in_table = serialize(bare):sub(1, -2), st.xml_escape(bare);
	local function quick(text)
		return (id and text:find(id, 1, true) or text:find(in_file, 1, true) or text:find(in_table, 1, true)) ~= nil;
	end
	local function own(stanza)
		local x, occupant = stanza:get_child("x", "http://jabber.org/protocol/muc#user"), stanza:get_child("occupant-id", "urn:xmpp:occupant-id:0");
		local item = x and x:get_child("item");
		return item and item.attr.jid and jid.bare(item.attr.jid) == bare or id and occupant and occupant.attr.id == id or false;
	end
	return quick, own;
end

-- The archives of all rooms, those of the account's rooms first: list of { at, node, salt }.
local function room_archives(user)
	local bare, near, known = bare_of(user), array(), {};
	each_room(function (at, room_node, affiliations, _, data, room)
		local address = jid.join(room_node, at);
		known[address] = { salt = data.occupant_id_salt, near = affiliations[bare] ~= nil or room and is_in(room, bare) };
	end);
	local far = array();
	for _, at in ipairs(hosts_with "muc_mam") do
		owners("muc_log", at, function (room_node)
			local room = known[jid.join(room_node, at)] or {};
			(room.near and near or far):push { at = at, node = room_node, salt = room.salt };
		end);
	end
	return near:append(far);
end

local function own_in_rooms(user, before, visit) -- without a limit, for what must not miss any
	for _, room in ipairs(room_archives(user)) do
		local archive, quick, own = archive_of("muc_log", room.node, room.at, nil, before), recognition(user, room.salt);
		visit(room, archive, quick, own);
	end
end

category("room_archive", {
	dated = true;
	available = on_any_host("muc_mam");
	look = function (user, _, before)
		local items, total, seen, oldest, newest = array(), 0, 0, nil, nil;
		local cut, finish = false, now() + PATIENCE / 2; -- on a slow server, some is better than nothing
		own_in_rooms(user, before, function (room, archive, quick, own)
			if cut then return; end
			local number = 0;
			archive:back(function (entry)
				seen = seen + 1;
				if entry and own(entry.stanza) then
					number, oldest, newest = number + 1, math.min(oldest or entry.time, entry.time), math.max(newest or 0, entry.time);
				end
				cut = seen > ROOM_BUDGET or now() > finish;
				return cut;
			end, quick);
			if number > 0 then items:push { room = jid.join(room.node, room.at), count = number }; end
			total = total + number;
		end);
		return { count = total, oldest = oldest, newest = newest, partial = cut or nil }, items;
	end;
	records = function (user)
		local sources = array();
		own_in_rooms(user, nil, function (room, archive, quick, own)
			local name = jid.join(room.node, room.at);
			sources:push(archive_source(name, archive, { room = name }, quick, own));
		end);
		return sources;
	end;
	erase = function (user, before)
		local number = 0;
		own_in_rooms(user, before, function (_, archive, quick, own)
			local ids = {};
			archive:each(nil, function (entry) if entry and own(entry.stanza) then ids[entry.id] = true; end end, quick);
			if next(ids) then number = number + archive:remove(ids); end
		end);
		return number;
	end;
});

-- Visits the slots of an account: (host, id, slot, time, path of the file, its size or nil).
local function each_upload(user, before, visit)
	for _, at in ipairs(hosts_with "http_file_share") do
		archive_of("uploads", nil, at, bare_of(user), before):each(nil, function (entry)
			if not entry then return; end
			local path = files.getpath(entry.id, at, "http_file_share", "bin");
			visit(at, entry.id, entry.stanza, entry.time, path, lfs.attributes(path, "size"));
		end);
	end
end

local function upload_items(user, before)
	local items, bytes, empty = array(), 0, 0;
	each_upload(user, before, function (at, id, slot, time, _, size)
		if not size and config.get(at, "http_file_share_base_url") then size = tonumber(slot.attr.size); end -- stored elsewhere
		if not size then empty = empty + 1; return; end
		local retention = uploads_retention(at);
		bytes = bytes + size;
		items:push { id = id, name = slot.attr.filename, type = slot.attr["content-type"], bytes = size, time = time,
			expires = type(retention) == "number" and time + retention or nil, host = at };
	end);
	return items, bytes, empty;
end

-- What the module itself has to remember: since when it is installed, and the slots of erased files
-- that may still be uploaded to, { host, id, time }, which have to outlive a restart.
local readable, state = pcall(load, "privacy_bot_state");
if not readable then
	complain("Reading the store privacy_bot_state", state);
	state = {};
end
state.late = type(state.late) == "table" and state.late or nil;
local function save_state() save("privacy_bot_state", nil, state); end

local sweep_later, remember_late;
do
	-- Whether somebody still uploads to a slot.  Prosody writes into this file until it has all.
	local function under_way(path)
		local changed = lfs.attributes(path .. "~", "modification");
		return changed ~= nil and changed > os.time() - UPLOAD_SILENCE;
	end

	-- Removes files that were uploaded after their erasure.  The row is gone, so nothing else ever would.
	-- Returns when to look again.
	local function sweep()
		local waiting, due = {}, os.time();
		for _, slot in ipairs(state.late or {}) do
			local path = files.getpath(slot.id, slot.host, "http_file_share", "bin");
			if slot.time > due or under_way(path) then
				waiting[#waiting + 1] = slot;
			else
				os.remove(path);
				os.remove(path .. "~"); -- of an upload that broke off with the server
			end
		end
		if #waiting < #(state.late or {}) then
			state.late = waiting[1] and waiting or nil;
			save_state();
		end
		local following = math.huge;
		for _, slot in ipairs(waiting) do following = math.min(following, slot.time - due); end
		if waiting[1] then return math.max(1, math.min(60, following)); end
	end

	local sweeping = false;
	function sweep_later()
		if sweeping or not state.late then return; end
		sweeping = true;
		module:add_timer(1, function ()
			local fine, again = pcall(sweep);
			if not fine then
				complain("Removing what was uploaded after its erasure", again);
				again = 60;
			end
			sweeping = again ~= nil;
			return again;
		end);
	end

	function remember_late(slots)
		if not slots[1] then return; end
		state.late = state.late or {};
		for _, slot in ipairs(slots) do table.insert(state.late, slot); end
		save_state();
		sweep_later();
	end
end

-- mod_http_file_share counts its uploads weekly, all in one go.  It needs to know earlier where that is
-- quickly done, and where a quota depends on it.
local recounted = {};
local function recount(at)
	if (archive_of("uploads", nil, at):stat().count or 0) > RECOUNT_ROWS then
		if not config.get(at, "http_file_share_global_quota") or (recounted[at] or 0) > now() - 3600 then return; end
	end
	recounted[at] = now();
	for _, task in ipairs(module:context(at):get_host_items("task")) do
		if task.name == "Calculate total storage usage" then task.run(task, os.time()); end
	end
end

category("uploads", {
	dated = true;
	available = on_any_host("http_file_share");
	look = function (user, _, before)
		local items, bytes, empty = upload_items(user, before);
		local oldest, newest;
		for _, item in ipairs(items) do
			oldest, newest = math.min(oldest or item.time, item.time), math.max(newest or 0, item.time);
		end
		return { count = #items, bytes = bytes, oldest = oldest, newest = newest, facts = { unused_slots = empty } }, items;
	end;
	records = function (user)
		local items = upload_items(user):map(function (item)
			item.url = loaded("http_file_share", item.host).get_url(item.id, item.name);
			return item;
		end);
		return { list_source("", items) };
	end;
	erase = function (user, before)
		local number, gone, late = 0, {}, {};
		each_upload(user, before, function (at, id, _, time, path, size)
			if not size and config.get(at, "http_file_share_base_url") then return; end -- stored elsewhere: it stays, and so does its row
			local removed, _, code = os.remove(path);
			if not removed and code ~= 2 then module:log("error", "A file of an account to be erased could not be removed"); return; end
			gone[at] = gone[at] or {};
			gone[at][id] = true;
			if size then number = number + 1; end
			if time + SLOT_LIFETIME > os.time() then late[#late + 1] = { host = at, id = id, time = time + SLOT_LIFETIME }; end
		end);
		remember_late(late); -- before the rows go: without them, nothing else would know of these slots
		for at, ids in pairs(gone) do
			archive_of("uploads", nil, at, bare_of(user)):remove(ids);
			local counted_anew, err = pcall(recount, at); -- a damaged entry of anybody stops that
			if not counted_anew then complain("Counting all uploads anew", err); end
		end
		return number;
	end;
});

-- PEP: the nodes of an account, also those of which only the items are left: name → configuration.
local PUBSUB = "http://jabber.org/protocol/pubsub";
local PROFILE = {
	["urn:xmpp:vcard4"] = "vcard4", ["urn:xmpp:avatar:metadata"] = "avatar", ["urn:xmpp:avatar:data"] = "avatar",
	["http://jabber.org/protocol/nick"] = "nickname",
};

-- What mod_pep takes for what is not stored, in both versions.
local NODE_DEFAULTS = { max_items = 1, persist_items = true, access_model = "presence", send_last_published_item = "on_sub_and_presence" };

local function pep_nodes(user, of_profile)
	local nodes = {};
	local function add(name, settings)
		if (PROFILE[name] ~= nil) ~= of_profile then return; end
		local whole = {};
		for _, known in ipairs { NODE_DEFAULTS, settings } do
			for key, value in pairs(known) do whole[tostring(key)] = value; end
		end
		nodes[name] = whole;
	end
	for store in pairs((stores_of(user))) do
		if store:sub(1, 4) == "pep_" then add(store:sub(5), {}); end
	end
	for name, stored in pairs(load("pep", user)) do
		add(name, type(stored) == "table" and type(stored.config) == "table" and stored.config or {});
	end
	-- mod_bookmarks makes this node at every login: it never holds anything, and that it exists keeps others from being
	-- told of bookmarks.  It is the server's, not the person's; what a client had put there earlier is the person's.
	local guard = nodes["storage:bookmarks"];
	if guard and guard.persist_items == false and archive_of("pep_storage:bookmarks", user):stat().count == 0 then
		nodes["storage:bookmarks"] = nil;
	end
	return nodes;
end

local node_source;
do
	-- A configuration as the form that sets it (XEP-0060 §8.2).  Prosody stores some fields under names of its own.
	local FIELDS = { notify_items = "deliver_notifications", include_payload = "deliver_payloads", payload_type = "type" };

	local function node_form(settings)
		local form = st.stanza("x", { xmlns = "jabber:x:data", type = "submit" });
		local function field(var, ...)
			form:tag("field", { var = var });
			for _, value in ipairs { ... } do
				if type(value) == "boolean" then value = value and "1" or "0"; end
				form:text_tag("value", type(value) == "number" and ("%d"):format(math.floor(value)) or tostring(value));
			end
			form:up();
		end
		field("FORM_TYPE", PUBSUB .. "#node_config");
		for _, key in ipairs(sorted(settings)) do
			local value = settings[key];
			if type(value) ~= "table" then value = { value }; end
			if key:sub(1, 1) ~= "_" then field("pubsub#" .. (FIELDS[key] or key), table.unpack(value)); end
		end
		return form;
	end

	-- A node as XEP-0227 §4.10 has it: its configuration, whose cursor is a word, then its items.
	function node_source(user, name, settings, more)
		local function record(id, time, ns, child, content)
			local item = { id = id, time = time, node = name };
			for key, value in pairs(more) do item[key] = value; end
			item.xml = tostring(st.stanza("pubsub", { xmlns = ns }):tag(child, { node = name }):add_child(content):reset());
			return item;
		end
		return { name = "pep " .. name, each = function (cursor, visit)
			if not cursor and visit(record(nil, nil, PUBSUB .. "#owner", "configure", node_form(settings)), "configuration") then return; end
			archive_of("pep_" .. name, user):each(cursor ~= "configuration" and cursor or nil, function (entry, position)
				if not entry then return visit(nil, position); end
				local item = st.stanza("item", { id = entry.id }):add_child(entry.stanza); -- only what is in it is stored
				return visit(record(entry.id, entry.time, PUBSUB, "items", item), position);
			end);
		end };
	end
end

local function pep_archive(user, name) return archive_of("pep_" .. name, user); end

local function pep_size(user, name)
	local archive = pep_archive(user, name);
	local stat = archive:stat();
	if not stat.bytes then
		stat.bytes = 0;
		archive:each(nil, function (entry) stat.bytes = stat.bytes + #tostring(entry.stanza); end);
	end
	return stat;
end

local function erase_nodes(user, of_profile)
	local service = loaded "pep" and loaded "pep".get_pep_service(user);
	local number = 0;
	for name in pairs(pep_nodes(user, of_profile)) do
		if service and service.nodes[name] then assert(service:delete(name, true)); end
		pep_archive(user, name):clear();
		number = number + 1;
		breathe();
	end
	return number;
end

local function widen(holding, stat)
	if stat.oldest then holding.oldest = math.min(holding.oldest or stat.oldest, stat.oldest); end
	if stat.newest then holding.newest = math.max(holding.newest or 0, stat.newest); end
	holding.bytes = holding.bytes + stat.bytes;
end

category("profile", {
	available = with_module("pep", "vcard", "vcard_legacy", "vcard4");
	look = function (user)
		local items, parts, holding = array(), {}, { bytes = 0 };
		for name, settings in pairs(pep_nodes(user, true)) do
			local stat, part = pep_size(user, name), PROFILE[name];
			if stat.count > 0 then
				parts[part] = parts[part] or { part = part, bytes = 0, access = settings.access_model };
				parts[part].bytes = parts[part].bytes + stat.bytes;
				widen(holding, stat);
			end
		end
		local vcard = load("vcard", user);
		if next(vcard) then
			parts.vcard = { part = "vcard", bytes = size_of(vcard), access = "open" };
			holding.bytes = holding.bytes + parts.vcard.bytes;
		end
		for _, name in ipairs(sorted(parts)) do items:push(parts[name]); end
		holding.count = #items;
		return holding, items;
	end;
	records = function (user)
		local sources, vcard = array(), load("vcard", user);
		if next(vcard) then sources:push(list_source("vcard", { { part = "vcard", xml = tostring(st.deserialize(vcard)) } })); end
		for name, settings in pairs(pep_nodes(user, true)) do
			sources:push(node_source(user, name, settings, { part = PROFILE[name] }));
		end
		return sources;
	end;
	erase = function (user)
		local number = categories.profile.look(user).count;
		if next(load("vcard", user)) then save("vcard", user, nil); end
		erase_nodes(user, true);
		return number;
	end;
});

category("client_data", {
	available = with_module("pep", "private");
	look = function (user)
		local items, holding = array(), { bytes = 0 };
		for name, settings in pairs(pep_nodes(user, false)) do
			local stat = pep_size(user, name);
			items:push { kind = "pep", node = name, items = stat.count, bytes = stat.bytes, access = settings.access_model };
			widen(holding, stat);
		end
		for _, element in pairs(load("private", user)) do
			items:push { kind = "private", node = element.attr.xmlns, items = 1, bytes = size_of(element), access = "whitelist" };
			holding.bytes = holding.bytes + size_of(element);
		end
		holding.count = #items;
		return holding, items;
	end;
	records = function (user)
		local sources = array();
		for name, settings in pairs(pep_nodes(user, false)) do
			sources:push(node_source(user, name, settings, { kind = "pep" }));
		end
		for name, element in pairs(load("private", user)) do
			local record = { kind = "private", node = element.attr.xmlns, xml = tostring(st.deserialize(element)) };
			sources:push(list_source("private " .. name, { record }));
		end
		return sources;
	end;
	erase = function (user)
		local number = erase_nodes(user, false);
		for _ in pairs(load("private", user)) do number = number + 1; end
		save("private", user, nil);
		return number;
	end;
});

local function blocked(user)
	local items = array();
	for address in pairs(load("blocklist", user)) do if address then items:push { jid = address }; end end
	return items;
end

category("blocklist", {
	available = with_module("blocklist", "privacy_lists");
	look = function (user)
		local items, lists = blocked(user), 0;
		for _ in pairs(load("privacy", user).lists or {}) do lists = lists + 1; end
		return { count = #items, facts = { privacy_lists = lists } }, items;
	end;
	records = function (user)
		return { list_source("", blocked(user):map(function (item)
			return { jid = item.jid, xml = tostring(st.stanza("item", { xmlns = "urn:xmpp:blocking", jid = item.jid })) };
		end)) };
	end;
	erase = function (user)
		local number = #blocked(user);
		if loaded "blocklist" and number > 0 then as_user(user, st.iq { type = "set", id = "privacy-bot" }:tag("unblock", { xmlns = "urn:xmpp:blocking" }):reset());
		elseif number > 0 then save("blocklist", user, nil); end
		if not loaded "privacy_lists" and next(load("privacy", user)) then save("privacy", user, nil); end
		return number;
	end;
});

local function push_items(user)
	local items = array();
	for id, service in pairs(load("cloud_notify", user)) do
		if type(service) == "table" then items:push { service = service.jid, node = service.node, id = id, time = tonumber(service.timestamp) }; end
	end
	return items;
end

category("push_registrations", {
	available = with_module("cloud_notify");
	look = function (user)
		local items = push_items(user);
		return { count = #items }, items;
	end;
	erase = function (user)
		local items = push_items(user);
		for _, item in ipairs(loaded "cloud_notify" and items or {}) do
			as_user(user, st.iq { type = "set", id = "privacy-bot" }:tag("disable", { xmlns = "urn:xmpp:push:0", jid = item.service, node = item.node }):reset());
		end
		if #push_items(user) > 0 then save("cloud_notify", user, nil); end
		return #items;
	end;
});

category("sessions", {
	available = always;
	look = function (user)
		local items = array();
		each_session(user, function (resource, session)
			items:push { resource = resource, ip = session.ip, since = tonumber(session.conntime), secure = session.secure and true or false,
				resumable = session.resumption_token ~= nil };
		end);
		return { count = #items, memory = true }, items;
	end;
});

local function tokens(user)
	local items = array();
	for id, grant in pairs(load("auth_tokens", user)) do
		if type(grant) == "table" then
			local data = type(grant.data) == "table" and grant.data or {};
			local client = type(data.oauth2_client) == "table" and data.oauth2_client.name;
			items:push { name = client or data.name or data.purpose or id, created = tonumber(grant.created),
				expires = tonumber(grant.expires), used = tonumber(grant.accessed), id = id };
		end
	end
	for name, token in pairs(load("fast_tokens", user)) do -- of mod_sasl2_fast: one key for each device
		if type(token) == "table" then
			items:push { name = name, created = tonumber(token.issued_at), expires = tonumber(token.expires_at) };
		end
	end
	return items;
end

category("access_tokens", {
	available = with_module("tokenauth", "sasl2_fast");
	look = function (user)
		local items = tokens(user);
		return { count = #items }, items:map(function (item) item.id = nil; return item; end);
	end;
	erase = function (user)
		local items = tokens(user);
		local revoke = loaded "tokenauth" and loaded "tokenauth".revoke_grant; -- 13; closes what was opened with them
		for _, item in ipairs(revoke and items or {}) do if item.id then assert(revoke(user, item.id)); end end
		for _, store in ipairs { "auth_tokens", "fast_tokens" } do
			if next(load(store, user)) then save(store, user, nil); end
		end
		return #items;
	end;
});

local claim, strike_off, newcomer_of; -- see below, of newcomers
category("bot_records", {
	available = always;
	look = function (user)
		local data, items = load("privacy_bot", user), array();
		if not next(data) then return { count = 0 }, items; end
		local time, newcomer = tonumber(data.first or data.new), newcomer_of(user, data);
		items:push { store = "privacy_bot", time = time };
		if newcomer then items:push { store = "privacy_bot_newcomers", time = newcomer.time, language = newcomer.language }; end
		return { count = #items, bytes = size_of(data), oldest = time, newest = newcomer and newcomer.time or time }, items;
	end;
});

-- What no category tells of: one holding for each store.
local function other_holdings(user)
	local found, more = unknown_stores(user);
	local holdings = array();
	for _, store in ipairs(sorted(found)) do
		local holding;
		if found[store] == "archive" then
			holding = archive_of(store, user):stat();
		else
			local data, entries = load(store, user), 0;
			for _ in pairs(data) do entries = entries + 1; end
			holding = { count = entries, bytes = size_of(data) };
		end
		holding.category, holding.name = "other", store;
		holdings:push(holding);
		breathe();
	end
	return holdings, more;
end

local function other_sources(user)
	local sources = array();
	for store, kind in pairs((unknown_stores(user))) do
		if kind == "archive" then
			sources:push(archive_source(store, archive_of(store, user), { name = store }));
		else
			sources:push(list_source(store, { { name = store, data = serialize(load(store, user)) } }));
		end
	end
	return sources;
end

-- Operations ----------------------------------------------------------------------------------

local function connected()
	local mod = loaded("component", component);
	return mod and mod.connected and mod.session or nil;
end

local function text_argument(value)
	if value ~= nil and type(value) ~= "string" then bad_request(); end
	return value;
end

local function number_argument(value, default, most, least)
	if value == nil then return default; end
	if type(value) ~= "number" or value ~= math.floor(value) or value < least then bad_request(); end
	return math.floor(math.min(value, most));
end

local function time_argument(value)
	if value == nil then return nil; end
	if type(value) ~= "number" or not (value >= 0 and value < math.huge) then bad_request(); end
	return value;
end

local function exists(user) return usermanager.get_provider(host).user_exists(user) and true or false; end

local function account_argument(arguments)
	local user = text_argument(arguments.account);
	user = user and encodings.stringprep.nodeprep(user);
	if not user or user == "" then bad_request(); end
	if not exists(user) then
		load("accounts", user); -- raises where it cannot be read; providers call that "no such user"
		refuse("cancel", "item-not-found");
	end
	return user;
end

local KEYS = { "jid", "name", "node", "room", "service", "resource", "ip", "store", "part" };
local function label(item) for _, key in ipairs(KEYS) do if item[key] then return tostring(item[key]); end end return ""; end
local function earlier(a, b)
	if a.time and b.time and a.time ~= b.time then return a.time < b.time; end
	return label(a) < label(b);
end

-- How long the server keeps a category; nil where that is not known, or where the hosts of the items differ.
local COMPONENTS = { uploads = "http_file_share", room_archive = "muc_mam" };
local function retention_of(name, items)
	if name == "archive" then return RETENTION.archive() or nil; end
	if not COMPONENTS[name] then return nil; end
	local places, values = {}, {};
	for _, item in ipairs(items or {}) do places[item.host or jid.host(item.room)] = true; end
	if not next(places) then for _, at in ipairs(hosts_with(COMPONENTS[name])) do places[at] = true; end end
	for at in pairs(places) do values[RETENTION[name](at) or json.null] = true; end
	local value = next(values);
	if value == nil or value == json.null or next(values, value) ~= nil then return nil; end
	return value;
end

-- One category of an inventory: a holding, or the reason why there is none.
local function look_up(name, user, details, before)
	local fine, holding, items = within(PATIENCE, categories[name].look, user, details, before);
	if not fine then return nil, holding; end
	holding.category = name;
	holding.retention = retention_of(name, items);
	if items and details > 0 then
		items:sort(earlier);
		holding.items = array { table.unpack(items, 1, details) };
	end
	return holding;
end

local function reason_of(err, name, user)
	if err == TIMEOUT then return "timeout"; end
	if err == UNKNOWN_STORAGE then return "unknown_storage"; end
	complain("Looking up " .. name, err, user);
	return "error";
end

local function take_inventory(user, wanted, details, before)
	local result = { account = user, holdings = array(), failed = array(), absent = array() };
	for _, name in ipairs(ORDER) do
		if not wanted or contains(wanted, name) then
			local holding, err = look_up(name, user, details, before);
			if not holding then
				result.failed:push { category = name, reason = reason_of(err, name, user) };
			elseif holding.count == 0 and not categories[name].available() then
				result.absent:push(name);
			else
				result.holdings:push(holding);
			end
		end
	end
	if not wanted or contains(wanted, "other") then
		local fine, holdings, more = within(PATIENCE, other_holdings, user);
		if fine then result.holdings:append(holdings); end
		if not fine or more then
			result.failed:push { category = "other", reason = fine and "unknown_storage" or reason_of(holdings, "other stores", user) };
		end
	end
	for _, name in ipairs(wanted or {}) do
		if not categories[name] and name ~= "other" then result.absent:push(name); end
	end
	return result;
end

local operations, changes = {}, {};

-- Providers such as LDAP have accounts that Prosody cannot remove.
local function can_remove() return rawget(usermanager.get_provider(host), "delete_user") ~= nil; end

function operations.hello()
	local names, erasable, dated = array(), array(), array();
	for _, name in ipairs(ORDER) do
		if categories[name].available() then names:push(name); end
		if categories[name].available() and categories[name].dated then dated:push(name); end
		if name == "account" and can_remove() or categories[name].available() and categories[name].erase then erasable:push(name); end
	end
	return {
		protocol = PROTOCOL, module = VERSION, server = "prosody", version = prosody.version, storage = sorted(drivers()),
		node = node ~= "" and node or json.null,
		operations = array { "hello", "settings", "accounts", "inventory", "records", "newcomers", "erase", "identify", "slot", "welcomed" },
		categories = names, erasable = erasable, dated = dated,
	};
end

function operations.settings()
	return { settings = all_settings(), modules = sorted(hosts[host].modules) };
end

do
	local accounts_cache = { time = 0 };
	local function all_accounts(fresh)
		if not fresh and accounts_cache.time > now() - 60 then return accounts_cache.names; end
		local names = array();
		for name in usermanager.users(host) do
			names:push(name);
			breathe();
		end
		accounts_cache = { time = now(), names = names:sort() };
		return accounts_cache.names;
	end

	function operations.accounts(arguments)
		local after, limit = text_argument(arguments.after), number_argument(arguments.limit, 500, 1000, 1);
		local names, low = all_accounts(not after), 1;
		local high = #names + 1;
		while after and low < high do
			local middle = math.floor((low + high) / 2);
			if names[middle] <= after then low = middle + 1; else high = middle; end
		end
		local page = array { table.unpack(names, low, math.min(low + limit - 1, #names)) };
		return { accounts = page, total = #names, next = low + limit <= #names and page[#page] or json.null };
	end
end

function operations.inventory(arguments)
	local wanted = arguments.categories;
	for key, name in pairs(type(wanted) == "table" and wanted or { wanted }) do
		if type(key) ~= "number" or type(name) ~= "string" or wanted == name then bad_request(); end
	end
	local details, before = number_argument(arguments.details, 0, 200, 0), time_argument(arguments.before);
	local user = account_argument(arguments);
	job.deadline = now() + ALL_PATIENCE;
	return take_inventory(user, wanted, details, before);
end

do
	local function sources_of(user, arguments)
		local name = text_argument(arguments.category) or bad_request();
		if name == "other" then return other_sources(user); end
		if not categories[name] then refuse("cancel", "feature-not-implemented"); end
		if categories[name].records then return categories[name].records(user, arguments); end
		local _, items = categories[name].look(user, math.huge);
		return { list_source("", items or {}) };
	end

	-- A page of the sources after the cursor: [name of the source, cursor in it].  It also ends when it
	-- took long, and then may even be empty.  Items come as JSON, for one encoding of all would block.
	local function read_page(sources, cursor, limit)
		local items, bytes, last, full, finish = array(), 0, nil, false, now() + PATIENCE / 5;
		table.sort(sources, function (a, b) return a.name < b.name; end);
		for _, source in ipairs(sources) do
			if full then break; end
			if not cursor or source.name >= cursor[1] then
				source.each(cursor and source.name == cursor[1] and cursor[2] or nil, function (item, position)
					local text = item and json.encode(item) or "";
					full = #items >= limit or #items > 0 and bytes + #text > PAGE_BYTES or last ~= nil and now() > finish;
					if full then return true; end
					if item then items:push(text); end
					bytes, last = bytes + #text, { source.name, position };
				end);
			end
		end
		return items, full and last or nil;
	end

	function operations.records(arguments)
		local user, after = account_argument(arguments), text_argument(arguments.after);
		local limit = number_argument(arguments.limit, 50, 200, 1);
		local cursor = after and json.decode(after);
		if after and not (type(cursor) == "table" and type(cursor[1]) == "string" and type(cursor[2]) == "string") then bad_request(); end
		local fine, items, last = within(PATIENCE, function () return read_page(sources_of(user, arguments), cursor, limit); end);
		if not fine then error(items, 0); end
		return ('{"items":[%s],"next":%s}'):format(items:concat(","), last and json.encode(json.encode(array(last))) or "null");
	end
end

-- A random name of an account, in a store that goes with it.
local function identity(user)
	local id = load("privacy_bot", user).id;
	return type(id) == "string" and id or nil;
end

local function same_account(user, id)
	if id and identity(user) ~= id then refuse("cancel", "conflict"); end
end

-- What Prosody's own removal of an account leaves behind goes first, and what it would do in one go.
-- That takes a while, in which the account may have become another one; and its owner can go on uploading.
local function erase_account(user, id)
	local number = categories.uploads.erase(user) + categories.room_memberships.erase(user);
	for _, name in ipairs { "archive", "offline_messages" } do
		local fine, erased = pcall(categories[name].erase, user);
		if not fine and erased ~= UNKNOWN_STORAGE then error(erased, 0); end
		number = number + (fine and erased or 0);
	end
	same_account(user, id);
	assert(usermanager.delete_user(user, host));
	local fine, uploaded = pcall(categories.uploads.erase, user, os.time() + 1);
	if not fine then complain("Looking for uploads of meanwhile", uploaded, user); end
	return number + 1 + (fine and uploaded or 0);
end

local function leftovers(user)
	local left = array();
	local found = take_inventory(user, nil, 0);
	for _, holding in ipairs(found.holdings) do
		if not holding.memory and holding.count ~= 0 and holding.category ~= "account" and holding.category ~= "password" then left:push(holding); end
	end
	for _, failure in ipairs(found.failed) do left:push { category = failure.category }; end
	return left;
end

function operations.erase(arguments)
	local before, id = time_argument(arguments.before), text_argument(arguments.id);
	local user, name = account_argument(arguments), text_argument(arguments.category) or bad_request();
	local can = name == "account" and can_remove() or categories[name] and categories[name].erase;
	if not can or before and not categories[name].dated then refuse("cancel", "feature-not-implemented"); end
	same_account(user, id);
	if name == "account" then return { erased = erase_account(user, id), left = leftovers(user) }; end
	local number = categories[name].erase(user, before);
	local found = take_inventory(user, { name }, 0);
	for _, failure in ipairs(found.failed) do found.holdings:push { category = failure.category }; end
	return { erased = number, left = found.holdings };
end
changes.erase = true;

local seen = module:open_store("privacy_bot", "map");

function operations.identify(arguments)
	local user = account_argument(arguments);
	local id = identity(user);
	if not id then
		id = new_uuid():gsub("-", "");
		assert(seen:set(user, "id", id));
	end
	return { id = id };
end
changes.identify = true;


do
	-- The upload services of the server: first those that clients of this host are shown.
	local UPLOAD = "urn:xmpp:http:upload:0";
	local function upload_hosts()
		local shown, others = array(), array();
		local listed = {};
		for _, item in pairs(value_of(host, "disco_items", {})) do listed[type(item) == "table" and item[1] or item] = true; end
		for _, at in ipairs(hosts_with "http_file_share") do
			local own = listed[at] or at:sub(-#host - 1) == "." .. host;
			(own and shown or others):push(at);
		end
		return shown:append(others);
	end

	-- What an upload service says: a slot, or why there is none.
	local function read_slot(answer, at)
		if answer.attr.type == "result" then
			local slot, headers = answer:get_child("slot", UPLOAD), {};
			local put, get = slot:get_child("put"), slot:get_child("get");
			for header in put:childtags("header") do headers[header.attr.name] = header:get_text() or ""; end
			return { put = put.attr.url, get = get.attr.url, headers = headers, retention = uploads_retention(at) or json.null };
		end
		local _, condition = answer:get_error();
		local limit = answer:get_child("error"):get_child("file-too-large", UPLOAD);
		if limit then return { refused = "too_large", limit = tonumber(limit:get_child_text("max-file-size")) or json.null }; end
		return { refused = condition == "resource-constraint" and "quota" or "other" };
	end

	function operations.slot(arguments)
		local name, kind = text_argument(arguments.name) or "", text_argument(arguments.type) or "";
		local size = number_argument(arguments.size, 0, 2 ^ 53, 0);
		if name == "" or kind == "" or size < 1 or (name .. kind):find("%c") then bad_request(); end
		local user, refused = account_argument(arguments), nil;
		for _, at in ipairs(upload_hosts()) do
			local request = st.iq { type = "get", id = "privacy-bot", to = at }
				:tag("request", { xmlns = UPLOAD, filename = name, size = ("%d"):format(size), ["content-type"] = kind }):reset();
			local answer = ask_as(user, request);
			if not st.is_stanza(answer) then error("an upload service gave no answer"); end
			local slot = read_slot(answer, at);
			if slot.put then return slot; end
			refused = refused or slot;
		end
		return refused or refuse("cancel", "feature-not-implemented");
	end
	changes.slot = true;
end

-- Newcomers -----------------------------------------------------------------------------------
-- Who logged in for the first time, until the bot has welcomed them.  Their entries, { account, time, language },
-- are numbered, in lists of a hundred, so that neither a login nor a question has to do with all of them.  The
-- number lies with the account: an entry counts as long as both name each other.

do
	local STORE, EACH, LISTS, KEPT = "privacy_bot_newcomers", 100, 1000, 60 * DAY;
	local lists = module:open_store(STORE, "map");

	local function list_of(number) return math.floor(number / EACH); end
	local function text_of(number) return ("%d"):format(number); end
	local function name_of(list) return ("newcomers:%d"):format(list); end -- which no account can have

	local range = state.newcomers; -- the first and the last list that may have somebody
	if type(range) ~= "table" or not (tonumber(range.first) and tonumber(range.last)) then range = { first = 0, last = 0 }; end
	local function set_range(first, last)
		local new = { first = first, last = last };
		state.newcomers = new;
		local fine, err = pcall(save_state);
		if not fine then
			state.newcomers = range;
			error(err, 0);
		end
		range = new;
	end

	-- A list by texts of numbers; none, and that it cannot be read, where it is damaged.
	local function entries_of(list)
		local fine, entries = pcall(load, STORE, name_of(list));
		if not fine then
			complain("Reading the store " .. STORE, entries);
			return {}, false;
		end
		for number, entry in pairs(entries) do
			local whole = tonumber(number) and type(entry) == "table" and type(entry.account) == "string" and tonumber(entry.time);
			if not whole then entries[number] = nil; end
		end
		return entries, true;
	end

	local latest = range.last * EACH - 1; -- the number that was given last
	do
		local entries, readable = entries_of(range.last);
		for number in pairs(entries) do latest = math.max(latest, tonumber(number) or latest); end
		if not readable then latest = latest + EACH; end -- what comes goes to the next list
	end

	local function enlist(entry)
		local number = latest + 1;
		local list = list_of(number);
		if list > range.last then set_range(range.first, list); end
		assert(lists:set(name_of(list), text_of(number), entry));
		latest = number;
		return number;
	end

	-- Removes from a list those that test(entry, number) says; returns how many that were.
	local function strike(list, test)
		local entries, gone = entries_of(list), 0;
		for number, entry in pairs(entries) do
			if test(entry, tonumber(number)) then entries[number], gone = nil, gone + 1; end
		end
		if gone > 0 then save(STORE, name_of(list), next(entries) and entries or nil); end
		local first = range.first;
		while first < range.last and not next((entries_of(first))) do first = first + 1; end
		if first > range.first then set_range(first, range.last); end
		return gone;
	end

	-- The entry of an account with these records, if it has one.
	function newcomer_of(user, records)
		local entry = records.newcomer and entries_of(list_of(records.newcomer))[text_of(records.newcomer)];
		return entry and entry.account == user and entry or nil;
	end

	function strike_off(user)
		local number = load("privacy_bot", user).newcomer;
		if number then strike(list_of(number), function (entry, at) return at == number and entry.account == user; end); end
	end

	-- Tells one of the clients of a new account that are ready, and only one, that it is the first, and when.
	function claim(user, language)
		local data = load("privacy_bot", user);
		if not data.new then return false; end
		local time = os.time();
		data.newcomer = enlist { account = user, time = time, language = language };
		data.new, data.first = nil, time;
		save("privacy_bot", user, data);
		return true, time;
	end

	local function is_valid(entry, number)
		return entry.time > os.time() - KEPT and load("privacy_bot", entry.account).newcomer == number and exists(entry.account);
	end

	-- Calls visit(entry, number) for those of a list that come after a number, until it returns true.
	local function walk_list(list, after, visit)
		local entries, gone, stopped = entries_of(list), {}, false;
		local numbers = array();
		for number in pairs(entries) do if tonumber(number) > after then numbers:push(tonumber(number)); end end
		for _, number in ipairs(numbers:sort()) do
			breathe();
			local entry = entries[text_of(number)];
			local readable, valid = pcall(is_valid, entry, number);
			if not readable then complain("Looking up a newcomer", valid, entry.account);
			elseif not valid then gone[number] = entry.account;
			elseif visit(entry, number) then stopped = true; break; end
		end
		if next(gone) then strike(list, function (entry, number) return entry.account == gone[number]; end); end
		return stopped;
	end

	local function walk(after, visit)
		local list = math.max(range.first, list_of(after));
		while list <= range.last and not walk_list(list, after, visit) do
			breathe();
			list = list + 1;
		end
	end

	function operations.newcomers(arguments)
		local after, limit = text_argument(arguments.after), number_argument(arguments.limit, 500, 1000, 1);
		if after and (#after > 15 or not after:find("^%d+$")) then bad_request(); end
		local found, last, following = array(), nil, json.null;
		walk(tonumber(after) or -1, function (entry, number)
			if #found == limit then following = text_of(last); return true; end
			found:push { account = entry.account, time = entry.time, language = entry.language or json.null };
			last = number;
		end);
		return { newcomers = found, next = following };
	end

	-- The times by accounts that are named, or an error.
	local function times_argument(value)
		if type(value) ~= "table" or #value > 1000 then bad_request(); end
		local times = {};
		for key, each in pairs(value) do
			if type(key) ~= "number" or type(each) ~= "table" then bad_request(); end
			local user = encodings.stringprep.nodeprep(text_argument(each.account) or "") or "";
			if user == "" or each.time == nil then bad_request(); end
			times[user] = number_argument(each.time, nil, 2 ^ 53, 0);
		end
		return times;
	end

	function operations.welcomed(arguments)
		local times, touched, forgotten = times_argument(arguments.accounts), {}, 0;
		for user in pairs(times) do
			breathe();
			local number = load("privacy_bot", user).newcomer;
			if number then touched[list_of(number)] = true; end
		end
		for list in pairs(touched) do
			breathe();
			forgotten = forgotten + strike(list, function (entry) return times[entry.account] == entry.time; end);
		end
		return { forgotten = forgotten };
	end
	changes.welcomed = true;

	-- Nobody asks where the bot is gone for good: then the oldest go.
	local function tidy()
		while range.last - range.first >= LISTS do
			breathe();
			strike(range.first, function () return true; end);
		end
		walk(-1, function () end);
	end
	module:add_timer(10, function ()
		enqueue { work = tidy, answer = function (done, err)
			if not done and err then complain("Tidying the newcomers", err); end
		end };
		return 3600;
	end);
end

do
	-- All that goes with the account.  Not every storage driver can remove all that an account has, and an account
	-- whose files somebody deleted by hand leaves it too, until there is another one.
	local function forget(user)
		local fine, err = pcall(function ()
			if not next(load("privacy_bot", user)) then return; end
			strike_off(user);
			save("privacy_bot", user, nil);
		end);
		if not fine then complain("Forgetting an account", err, user); end
	end

	module:hook_global("user-deleted", function (event)
		if event.host == host then forget(event.username); end
	end);
	module:hook("user-registered", function (event) forget(event.username); end, 1000);
end

-- Requests ------------------------------------------------------------------------------------

local function serve(origin, stanza)
	local request = stanza.tags[1];
	local operation = operations[request.attr.op];
	local function fail(kind, condition) origin.send(st.error_reply(stanza, kind, condition)); end
	if origin.type ~= "component" or origin ~= connected() or stanza.attr.from ~= component then return fail("auth", "forbidden"); end
	if not operation then return fail("cancel", "feature-not-implemented"); end
	if (stanza.attr.type == "set") ~= (changes[request.attr.op] or false) then return fail("modify", "bad-request"); end
	local text = request:get_text() or "";
	local fine, arguments = pcall(json.decode, text:match("%S") and text or "{}");
	if not fine or type(arguments) ~= "table" or text:match("^%s*[^%s{]") then return fail("modify", "bad-request"); end
	for name, value in pairs(arguments) do if value == json.null then arguments[name] = nil; end end

	local function answer(fine, result)
		if fine then
			origin.send(st.reply(stanza):text_tag("result", type(result) == "string" and result or json.encode(result), { xmlns = NS }));
		elseif type(result) == "table" and result.condition then
			fail(result.kind, result.condition);
		else
			if result then complain(request.attr.op, result, arguments.account); end
			if result == UNKNOWN_STORAGE then fail("cancel", "feature-not-implemented"); else fail("wait", "internal-server-error"); end
		end
	end
	if not enqueue { work = function () return operation(arguments); end, answer = answer } then
		fail("wait", "resource-constraint");
	end
end

for _, kind in ipairs { "get", "set" } do
	module:hook(("iq-%s/host/%s:query"):format(kind, NS), function (event)
		serve(event.origin, event.stanza);
		return true;
	end);
end

-- Events --------------------------------------------------------------------------------------
-- Whether an account is new is remembered from the installation on.  Accounts that
-- are met for the first time afterwards were created since, or they are old: then any store that is
-- written only by using the account tells that it was used.

if not state.installed then
	state.installed = os.time();
	save_state();
end

do
	local PASSIVE = { accounts = true, account_details = true, account_roles = true, account_flags = true, roles = true, privacy_bot = true };

	local function never_used(user)
		local created = created_at(user);
		if created and created > state.installed then return true; end
		local stores, more = stores_of(user);
		for store, kind in pairs(stores) do
			local only_registered = store == "lastlog2" and load(store, user).login == nil;
			if kind == "keyval" and not PASSIVE[store] and not only_registered then return false; end
		end
		if more then return nil; end
		return true;
	end

	-- The first client that is ready for messages counts; until then an account stays new, whatever its clients do.
	local function is_new(user)
		local data = load("privacy_bot", user);
		if data.first then return false; end
		if data.new then return true; end
		local new = never_used(user);
		assert(seen:set(user, new and "new" or "first", os.time()));
		return new;
	end

	local function tell(event)
		if not connected() then return; end
		event.time = event.time or os.time();
		module:send(st.message({ from = host, to = component, type = "headline" }):text_tag("event", json.encode(event), { xmlns = NS }));
	end

	-- Before anybody else writes down that there was a login.
	module:hook("authentication-success", function (event)
		local session = event.session;
		if not session.username then return; end
		local fine, new = pcall(is_new, session.username);
		if fine then session.privacy_bot_new = new; else complain("Telling whether an account is new", new, session.username); end
	end, 1000);

	module:hook("presence/initial", function (event)
		local session, language = event.origin, event.stanza.attr["xml:lang"];
		if language and (#language > 35 or not language:find("^[%w-]+$")) then language = nil; end -- BCP 47 §4.4.1
		local first, time = session.privacy_bot_new, nil;
		if first then
			local fine, claimed, at = pcall(claim, session.username, language);
			if fine then
				first, time = claimed, at;
			else
				complain("Remembering a first login", claimed, session.username);
				first = nil; -- it is the next login then
			end
		end
		tell { event = "login", account = session.username, resource = session.resource, language = language, first = first, time = time };
		session.privacy_bot_new = false;
	end, -1);

	module:hook("user-registered", function (event) tell { event = "registered", account = event.username }; end, -1);

	module:hook_global("user-deleted", function (event)
		if event.host == host then tell { event = "removed", account = event.username }; end
	end, -1);
end

-- The address on this host --------------------------------------------------------------------

local outer, inner = jid.join(node, host), jid.join(node, component);

-- An address with the inner name replaced; nil if it does not have it.
local function shown(address, from, to)
	if address == from then return to; end
	if address and address:sub(1, #from + 1) == from .. "/" then return to .. address:sub(#from + 1); end
end

-- Sees to it that the inner name appears nowhere in what the component sends as the bot.
local function disguise(element)
	for _, name in ipairs { "from", "jid", "by" } do
		element.attr[name] = shown(element.attr[name], inner, outer) or element.attr[name];
	end
	if element.name == "error" and element.attr.by == component then element.attr.by = outer; end
	for _, child in ipairs(element.tags) do disguise(child); end
	return element;
end

-- The same origin, but what is sent back to it is changed before.
local function through(origin, change)
	return setmetatable({ send = function (stanza)
		return origin.send(st.is_stanza(stanza) and change(st.clone(stanza)) or stanza);
	end }, { __index = origin });
end

local function redirect(event)
	local origin, stanza = event.origin, event.stanza;
	local to = shown(stanza.attr.to, outer, inner);
	if not to then return; end
	if connected() then
		local copy = st.clone(stanza);
		copy.attr.to = to;
		prosody.core_post_stanza(through(origin, disguise), copy);
	elseif origin.send and stanza.name ~= "presence" and stanza.attr.type ~= "error" and stanza.attr.type ~= "result" then
		origin.send(st.error_reply(stanza, "wait", "recipient-unavailable"));
	end
	return true;
end

local function back_to_component(stanza)
	stanza.attr.to = shown(stanza.attr.to, outer, inner) or stanza.attr.to;
	return stanza;
end

local function on_answer(event)
	local origin, stanza = event.origin, event.stanza;
	if origin.type ~= "component" or origin.host ~= component or not shown(stanza.attr.from, inner, outer) then return; end
	disguise(stanza);
	event.origin = through(origin, back_to_component);
end

-- To other servers it leaves as a stanza of this host, over this host's connections.
local function on_remote_answer(event)
	if not shown(event.stanza.attr.from, inner, outer) then return; end
	disguise(event.stanza);
	return hosts[host].events.fire_event("route/remote", {
		origin = event.origin, stanza = event.stanza, from_host = host, to_host = event.to_host,
	});
end

local KINDS = { "message", "iq", "presence" };

local function watch(at)
	local events = hosts[at] and hosts[at].events;
	if not events then return; end
	for _, kind in ipairs(KINDS) do
		for _, form in ipairs { "bare", "full", "host" } do
			module:hook_object_event(events, kind .. "/" .. form, on_answer, 10001);
		end
	end
	if at == component then module:hook_object_event(events, "route/remote", on_remote_answer, 10001); end
end

local function open_address()
	for at in pairs(hosts) do watch(at); end
	module:hook_global("host-activated", watch);
	for _, kind in ipairs(KINDS) do
		module:hook(kind .. "/bare", redirect, 10000);
		module:hook(kind .. "/full", redirect, 10000);
	end
	module:hook("user-registering", function (event)
		if event.username == node then
			event.allowed, event.error_type, event.error_condition = false, "cancel", "conflict";
		end
	end, 1000);
end

if node ~= "" and exists(node) then
	module:log("warn", "There is an account %s: it stays, and the privacy bot is met at %s only", outer, component);
	node = "";
elseif node ~= "" then
	open_address();
end

-- Reloading -----------------------------------------------------------------------------------

sweep_later(); -- what was left by the server's last run, or by this module before it was loaded anew

function module.save() return { counted = counted }; end

function module.restore(saved)
	counted = saved.counted or counted;
	remember_late(saved.late or {}); -- of version 1.0, which had them in memory only
end

function module.unload()
	for request in pairs(unanswered) do request.answer(false); end
	for scratch in pairs(scratches) do os.remove(scratch); end
end

module:log("info", "Answers the privacy bot at %s", component);
