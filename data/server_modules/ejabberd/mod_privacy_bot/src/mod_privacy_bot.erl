%%% The companion module of xmpp-privacy-bot: it tells the bot what ejabberd holds about an account,
%%% erases it on request, reports logins and gives the bot an address on the host.
%%%
%%% The protocol is described in docs/companion-protocol.md of xmpp-privacy-bot.
%%%
%%% One file for ejabberd 23.01 to 26.07, therefore without includes: ejabberd's headers move and its
%%% records grow between versions.  Where a record is taken apart, its layout is in a comment.
-module(mod_privacy_bot).
-behaviour(gen_server).

%% gen_mod
-export([start/2, stop/1, reload/3, depends/2, mod_opt_type/1, mod_options/1, mod_doc/0]).
%% the queue
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).
%% handlers
-export([decode_iq_subel/1, process_iq/1, filter_packet/1, component_send_packet/1,
         session_opened/1, self_presence/1, session_call/3, register_user/2, remove_user/2,
         check_register_user/4, unauthenticated_packet/2, slot_requested/6]).

-define(NS, <<"xmpp-privacy-bot:companion:1">>).
-define(NS_UPLOAD, <<"urn:xmpp:http:upload:0">>).
-define(VERSION, <<"1.2.0">>).
%% Requests that run at once; and those that may wait for it.
-define(RUNNING, 8).
-define(WAITING, 1000).
%% A request is killed after this time, and a category of an inventory before that, so that the rest
%% of the inventory still arrives.
-define(REQUEST_MS, 30000).
-define(INVENTORY_MS, 25000).
%% Half an erasure is worse than a slow one: what is left of an account that is gone cannot be reached.
-define(ERASURE_MS, 1800000).
-define(PAGE_BYTES, 200000).
%% The Mnesia table of this module.
-define(TABLE, privacy_bot).
-define(SLOT_MS, 20000).
%% mod_http_upload forgets a slot that nobody used after five hours.
-define(SLOT_SECONDS, 18000).
-define(SWEEP_MS, 60000).
%% Between the moment when mod_http_upload accepts a file and the moment when that file is there.
-define(PUT_MS, 200).
%% Bounds of searches that would otherwise grow with the server instead of with the account.
-define(ROOMS, 500).
-define(ROOMS_MS, 8000).
-define(SCANNED_ENTRIES, 20000).
%% Of newcomers that nobody asks for, because the bot is gone for good: at most so many are kept, so long.
-define(NEWCOMERS, 100000).
-define(NEWCOMER_SECONDS, 5184000).
-define(EXPIRY_MS, 3600000).
%% What mod_last says about an account between registration and the end of its first connection.
-define(NEVER_LOGGED_IN, <<"Registered but didn't login">>).

%%%===================================================================
%%% The module
%%%===================================================================

start(Host, Opts) ->
    warn_without_component(Host, Opts),
    create_table(),
    ejabberd_hooks:add(filter_packet, ?MODULE, filter_packet, 10),
    %% Before mod_privilege (50), which loses a component's other IQs in some versions.
    ejabberd_hooks:add(component_send_packet, ?MODULE, component_send_packet, 10),
    [ejabberd_hooks:add(Hook, Host, ?MODULE, Function, Order) || {Hook, Function, Order} <- hooks()],
    gen_iq_handler:add_iq_handler(ejabberd_local, Host, ?NS, ?MODULE, process_iq),
    gen_mod:start_child(?MODULE, Host, Opts).

stop(Host) ->
    gen_iq_handler:remove_iq_handler(ejabberd_local, Host, ?NS),
    [ejabberd_hooks:delete(Hook, Host, ?MODULE, Function, Order)
     || {Hook, Function, Order} <- hooks()],
    Stopped = gen_mod:stop_child(?MODULE, Host),
    case gen_mod:is_loaded_elsewhere(Host, ?MODULE) of
        true -> ok;
        false ->
            ejabberd_hooks:delete(filter_packet, ?MODULE, filter_packet, 10),
            ejabberd_hooks:delete(component_send_packet, ?MODULE, component_send_packet, 10),
            persistent_term:erase({?MODULE, redirects})
    end,
    Stopped.

reload(Host, NewOpts, _OldOpts) ->
    create_table(),
    warn_without_component(Host, NewOpts),
    gen_mod:get_module_proc(Host, ?MODULE) ! {configure, NewOpts},
    ok.

warn_without_component(Host, Opts) ->
    gen_mod:get_opt(component, Opts) =:= none
        andalso warn("no 'component' is set for ~ts: nobody is answered there", [Host]).

depends(_Host, _Opts) ->
    [].

hooks() ->
    [{c2s_session_opened, session_opened, 10},
     {c2s_self_presence, self_presence, 90},
     {c2s_handle_call, session_call, 10},
     {c2s_unauthenticated_packet, unauthenticated_packet, 40},
     {check_register_user, check_register_user, 10},
     {http_upload_slot_request, slot_requested, 90},
     {register_user, register_user, 90},
     {remove_user, remove_user, 90}].

mod_opt_type(component) -> econf:either(none, econf:domain());
mod_opt_type(node) -> econf:either(none, econf:user()).

mod_options(_Host) ->
    [{component, none}, {node, <<"privacy">>}].

mod_doc() ->
    #{desc => [<<"The companion of xmpp-privacy-bot, a component that answers people's questions "
                 "about their data. It tells that component, and nobody else, what ejabberd "
                 "stores about an account, and erases it on the person's request.">>],
      opts => [{component,
                #{value => <<"Domain">>,
                  desc => <<"The domain of the component. Without it nobody is answered.">>}},
               {node,
                #{value => <<"Name | none">>,
                  desc => <<"The bot is also met under this name on the virtual host, and nobody "
                            "can register it. 'none' leaves the host alone. "
                            "The default is 'privacy'.">>}}],
      example => [<<"modules:">>,
                  <<"  mod_privacy_bot:">>,
                  <<"    component: privacy.example.org">>]}.

%% The configuration of a host as the handlers need it: read for every stanza, changed hardly ever.
component(Host) ->
    maps:get(component, persistent_term:get({?MODULE, Host}, #{}), none).

node_name(Host) ->
    maps:get(node, persistent_term:get({?MODULE, Host}, #{}), none).

configure(Host, Opts) ->
    Since = maps:get(since, persistent_term:get({?MODULE, Host}, #{}), now_s()),
    Component = gen_mod:get_opt(component, Opts),
    Node = case {Component, is_started()} of
               {none, _} -> none;
               {_, true} -> free_name(Host, gen_mod:get_opt(node, Opts));
               %% Modules start before accounts can be looked up.
               {_, false} -> erlang:send_after(50, self(), {configure, Opts}), none
           end,
    persistent_term:put({?MODULE, Host}, #{component => Component, node => Node, since => Since}),
    redirect().

is_started() ->
    lists:keymember(ejabberd, 1, application:which_applications()).

unconfigure(Host) ->
    persistent_term:erase({?MODULE, Host}),
    redirect().

%% A name that a person has already is theirs.
free_name(_Host, none) -> none;
free_name(Host, Node) ->
    case ejabberd_auth:user_exists(Node, Host) of
        true ->
            warn("~ts has an account that is called like the bot's address; choose another 'node', "
                 "there is no redirection until then", [Host]),
            none;
        _ -> Node
    end.

%%%===================================================================
%%% The queue: one for each host
%%%===================================================================

init([Host, Opts | _]) ->
    process_flag(trap_exit, true),
    configure(Host, Opts),
    self() ! tidy,
    {ok, #{host => Host, waiting => queue:new(), running => #{}}}.

handle_call(_Request, _From, State) ->
    {reply, ok, State}.

handle_cast({request, IQ}, #{waiting := Waiting} = State) ->
    case queue:len(Waiting) >= ?WAITING of
        true ->
            ejabberd_router:route(xmpp:make_error(IQ, xmpp:err_resource_constraint())),
            {noreply, State};
        false -> {noreply, run_next(State#{waiting := queue:in(IQ, Waiting)})}
    end.

handle_info({configure, Opts}, #{host := Host} = State) ->
    configure(Host, Opts),
    {noreply, State};
handle_info(tidy, #{host := Host} = State) ->
    %% Modules start before accounts and files can be looked up.
    case is_started() of
        true ->
            spawn_opt(fun() -> forget_strangers(Host), sweep(Host) end, [{priority, low}]),
            erlang:send_after(?SWEEP_MS, self(), sweep),
            self() ! expire;
        false -> erlang:send_after(50, self(), tidy)
    end,
    {noreply, State};
handle_info(sweep, #{host := Host} = State) ->
    spawn_opt(fun() -> sweep(Host) end, [{priority, low}]),
    erlang:send_after(?SWEEP_MS, self(), sweep),
    {noreply, State};
handle_info(expire, #{host := Host} = State) ->
    spawn_opt(fun() -> expire(Host) end, [{priority, low}]),
    erlang:send_after(?EXPIRY_MS, self(), expire),
    {noreply, State};
handle_info({timeout, _Timer, Pid}, #{running := Running} = State) when is_map_key(Pid, Running) ->
    exit(Pid, kill), % noticed as 'DOWN'
    {noreply, State};
handle_info({'DOWN', _Ref, process, Pid, Reason}, #{running := Running} = State)
  when is_map_key(Pid, Running) ->
    {{IQ, Timer}, Others} = maps:take(Pid, Running),
    erlang:cancel_timer(Timer),
    Reason =:= normal orelse failed(IQ, Reason),
    {noreply, run_next(State#{running := Others})};
handle_info(_Info, State) ->
    {noreply, State}.

terminate(_Reason, #{host := Host, running := Running}) ->
    [exit(Pid, kill) || {Pid, {IQ, _}} <- maps:to_list(Running), operation(IQ) =/= <<"erase">>],
    unconfigure(Host).

code_change(_OldVersion, State, _Extra) ->
    {ok, State}.

run_next(#{host := Host, waiting := Waiting, running := Running} = State) ->
    case map_size(Running) < ?RUNNING andalso queue:out(Waiting) of
        {{value, IQ}, Rest} ->
            {Pid, _Ref} = spawn_opt(fun() -> ejabberd_router:route(answer(Host, IQ)) end,
                                    [monitor, {priority, low}]),
            Limit = case operation(IQ) of <<"erase">> -> ?ERASURE_MS; _ -> ?REQUEST_MS end,
            Timer = erlang:start_timer(Limit, self(), Pid),
            State#{waiting := Rest, running := Running#{Pid => {IQ, Timer}}};
        _ -> State
    end.

failed(IQ, Reason) ->
    error_logger:error_msg("mod_privacy_bot: a request did not end: ~p", [Reason]),
    ejabberd_router:route(xmpp:make_error(IQ, xmpp:err_internal_server_error())).

%%%===================================================================
%%% Requests
%%%===================================================================

%% Our namespace is unknown to ejabberd's codec: keep the element as it is.
decode_iq_subel(Element) -> Element.

process_iq(IQ) ->
    {_, Host, _} = jid:tolower(xmpp:get_to(IQ)),
    case is_served(Host, IQ) of
        true ->
            gen_server:cast(gen_mod:get_module_proc(Host, ?MODULE), {request, IQ}),
            ignore;
        false -> xmpp:make_error(IQ, xmpp:err_forbidden())
    end.

%% From the component's bare domain, and over its own connection: another component may be allowed to
%% write any sender (check_from: false), and another server may claim the name.
is_served(Host, IQ) ->
    Component = component(Host),
    jid:tolower(xmpp:get_from(IQ)) =:= {<<>>, Component, <<>>}
        andalso xmpp:get_meta(IQ, ?MODULE, none) =:= Component.

%% Marks what comes over a component's own connection.  IQs are routed from here, because mod_privilege
%% of 24.12 would drop those it has no permission for, ordinary ones too.
component_send_packet({drop, _} = Acc) -> Acc;
component_send_packet({Packet, #{remote_server := Component} = State})
  when element(1, Packet) =:= iq ->
    case is_plain_request(Packet) of
        true ->
            ejabberd_router:route(xmpp:put_meta(Packet, ?MODULE, Component)),
            {drop, State};
        false -> {Packet, State}
    end;
component_send_packet(Acc) -> Acc.

is_plain_request(IQ) ->
    case xmpp:get_els(IQ) of
        [Element | _] ->
            lists:member(xmpp:get_type(IQ), [get, set])
                andalso binary:match(xmpp:get_ns(Element), <<"urn:xmpp:privilege:">>) =:= nomatch;
        [] -> false
    end.

answer(Host, IQ) ->
    try
        [Query | _] = xmpp:get_els(IQ),
        Operation = operation(IQ),
        is_known(Operation) orelse refuse(xmpp:err_feature_not_implemented()),
        lists:member(Operation, changing()) =:= (xmpp:get_type(IQ) =:= set) orelse bad_request(),
        Result = encode(operate(Operation, Host, arguments(fxml:get_tag_cdata(Query)))),
        xmpp:make_iq_result(IQ, {xmlel, <<"result">>, [{<<"xmlns">>, ?NS}], [{xmlcdata, Result}]})
    catch
        throw:{refused, Error} -> xmpp:make_error(IQ, Error);
        Class:Reason:Stack ->
            error_logger:error_msg("mod_privacy_bot: ~p:~p ~p", [Class, Reason, Stack]),
            xmpp:make_error(IQ, xmpp:err_internal_server_error())
    end.

refuse(Error) -> throw({refused, Error}).
bad_request() -> refuse(xmpp:err_bad_request()).

operations() ->
    [<<"hello">>, <<"settings">>, <<"accounts">>, <<"inventory">>, <<"records">>, <<"newcomers">>
     | changing()].

%% Those that come as 'set'.
changing() -> [<<"erase">>, <<"identify">>, <<"slot">>, <<"welcomed">>].

operation(IQ) -> attribute(<<"op">>, hd(xmpp:get_els(IQ))).

is_known(Operation) -> lists:member(Operation, operations()).

operate(<<"hello">>, Host, _) -> hello(Host);
operate(<<"settings">>, Host, _) -> settings(Host);
operate(<<"accounts">>, Host, Arguments) ->
    accounts(Host, text(<<"after">>, Arguments, <<>>), number(<<"limit">>, Arguments, 500, 1, 1000));
operate(<<"inventory">>, Host, Arguments) ->
    inventory(account(Host, Arguments), Host, wanted(Arguments),
              min(200, number(<<"details">>, Arguments, 0, 0, infinity)), before(Arguments));
operate(<<"records">>, Host, Arguments) ->
    User = account(Host, Arguments),
    records(category(Arguments), User, Host, text(<<"after">>, Arguments, <<>>),
            number(<<"limit">>, Arguments, 50, 1, 200));
operate(<<"newcomers">>, Host, Arguments) ->
    newcomers(Host, place(text(<<"after">>, Arguments, <<>>)),
              number(<<"limit">>, Arguments, 500, 1, 1000));
operate(<<"welcomed">>, Host, Arguments) ->
    #{forgotten => welcomed(Host, entries(Arguments))};
operate(<<"erase">>, Host, Arguments) ->
    User = account(Host, Arguments),
    Category = category(Arguments),
    lists:member(text(<<"id">>, Arguments, none), [none, identity(User, Host)])
        orelse refuse(xmpp:err_conflict()),
    erase(Category, User, Host, before(Arguments));
operate(<<"identify">>, Host, Arguments) ->
    #{id => identify(account(Host, Arguments), Host)};
operate(<<"slot">>, Host, Arguments) ->
    User = account(Host, Arguments),
    slot(User, Host, file(Arguments), number(<<"size">>, Arguments, required, 1, infinity),
         nonempty(<<"type">>, Arguments)).

hello(Host) ->
    #{protocol => 1, module => ?VERSION, server => <<"ejabberd">>, version => version(),
      storage => storages(Host), node => null(node_name(Host)), operations => operations(),
      categories => [Name || {Name, _} = Category <- categories(), is_possible(Category, Host)],
      erasable => [Name || Name <- erasable(), is_possible(Name, Host)],
      dated => [Name || Name <- dated(), is_possible(Name, Host)]}.

version() ->
    %% Not the option 'version': that may be any text, to hide it from others.
    case re:run(ejabberd_config:version(), "[0-9]+[0-9.]*", [{capture, first, binary}]) of
        {match, [Version]} -> Version;
        nomatch -> <<"0">>
    end.

%%% Arguments

arguments(<<>>) -> #{};
arguments(Text) ->
    try decode(Text) of
        Arguments when is_map(Arguments) -> Arguments;
        _ -> bad_request()
    catch
        error:_ -> bad_request();
        throw:{error, _} -> bad_request()
    end.

text(Name, Arguments, Default) ->
    case maps:get(Name, Arguments, null) of
        Text when is_binary(Text) -> Text;
        null when Default =/= required -> Default;
        _ -> bad_request()
    end.

nonempty(Name, Arguments) ->
    case text(Name, Arguments, required) of
        <<>> -> bad_request();
        Text -> Text
    end.

number(Name, Arguments, Default, Least, Most) ->
    case maps:get(Name, Arguments, null) of
        null when Default =/= required -> Default;
        Number when is_integer(Number), Number >= Least, Number =< Most -> Number;
        _ -> bad_request()
    end.

%% In microseconds.  Every number is less than the atom 'infinity': without the argument, everything is
%% older.
before(Arguments) ->
    case maps:get(<<"before">>, Arguments, null) of
        null -> infinity;
        Seconds when is_number(Seconds), Seconds >= 0, Seconds < 1 bsl 40 -> round(Seconds * 1000000);
        _ -> bad_request()
    end.

%% A name that a file can have.
file(Arguments) ->
    Name = nonempty(<<"name">>, Arguments),
    byte_size(Name) =< 255 andalso not lists:member(Name, [<<".">>, <<"..">>]) orelse bad_request(),
    Name.

account(Host, Arguments) ->
    case jid:nodeprep(text(<<"account">>, Arguments, required)) of
        User when is_binary(User), User =/= <<>> ->
            ejabberd_auth:user_exists(User, Host) =:= true
                orelse refuse(xmpp:err_item_not_found()),
            User;
        _ -> bad_request()
    end.

category(Arguments) ->
    Category = text(<<"category">>, Arguments, required),
    Category =:= <<"other">> orelse lists:keymember(Category, 1, categories())
        orelse refuse(xmpp:err_feature_not_implemented()),
    Category.

wanted(Arguments) ->
    case maps:get(<<"categories">>, Arguments, null) of
        null -> [Name || {Name, _} <- categories()] ++ [<<"other">>];
        Wanted when is_list(Wanted) ->
            lists:all(fun is_binary/1, Wanted) orelse bad_request(),
            Wanted;
        _ -> bad_request()
    end.

%%%===================================================================
%%% Accounts
%%%===================================================================

%% ejabberd pages by offset in an order of its own, which loses accounts when others are removed
%% meanwhile; so a page is cut from the sorted names.
accounts(Host, After, Limit) ->
    Users = lists:usort([User || {User, _} <- ejabberd_auth:get_users(Host)]),
    Rest = lists:dropwhile(fun(User) -> User =< After end, Users),
    Page = lists:sublist(Rest, Limit),
    #{accounts => Page, total => length(Users),
      next => case length(Rest) > Limit of true -> lists:last(Page); false -> null end}.

%%%===================================================================
%%% Inventory
%%%===================================================================

%% Every category with the modules that it takes: all of a list, or any of them.
categories() ->
    [{<<"account">>, []}, {<<"password">>, []}, {<<"roster">>, [mod_roster]}, {<<"presence">>, []},
     {<<"last_activity">>, [mod_last]},
     %% ejabberd stores no addresses of its users.
     {<<"ip_addresses">>, never}, {<<"offline_messages">>, [mod_offline]}, {<<"archive">>, [mod_mam]},
     {<<"room_archive">>, [mod_mam, mod_muc]}, {<<"room_memberships">>, [mod_muc]},
     {<<"uploads">>, [mod_http_upload]}, {<<"profile">>, {any, [mod_vcard, mod_pubsub]}},
     {<<"client_data">>, {any, [mod_private, mod_pubsub]}}, {<<"blocklist">>, [mod_privacy]},
     {<<"push_registrations">>, [mod_push]}, {<<"sessions">>, []}, {<<"access_tokens">>, []},
     {<<"bot_records">>, []}].

is_possible({_Name, never}, _Host) -> false;
is_possible({_Name, {any, Modules}}, Host) -> lists:any(fun(M) -> is_loaded(Host, M) end, Modules);
is_possible({_Name, Modules}, Host) -> lists:all(fun(M) -> is_loaded(Host, M) end, Modules);
is_possible(<<"other">>, _Host) -> true;
is_possible(false, _Host) -> false;
is_possible(Name, Host) -> is_possible(lists:keyfind(Name, 1, categories()), Host).

%% What has times, by which it can be counted and erased.
dated() -> [<<"archive">>, <<"offline_messages">>, <<"uploads">>, <<"room_archive">>].

is_loaded(Host, Module) -> gen_mod:is_loaded(Host, Module).

inventory(User, Host, Wanted, Details, Before) ->
    {Possible, Absent} = lists:partition(fun(Name) -> is_possible(Name, Host) end, Wanted),
    Deadline = now_ms() + ?INVENTORY_MS,
    Started = [{Name, start_look_up(Name, User, Host, Before)} || Name <- Possible],
    Looked = [{Name, looked_up(LookUp, Deadline)} || {Name, LookUp} <- Started],
    #{account => User, absent => Absent,
      holdings => [shown(Name, Holding, Details)
                   || {Name, {ok, Holdings}} <- Looked, Holding <- Holdings],
      failed => [#{category => Name, reason => Reason} || {Name, {failed, Reason}} <- Looked]}.

%% Each category in a process of its own: it fails or hangs alone, and its memory is free at once.
%% The link ends it with the request.
start_look_up(Name, User, Host, Before) ->
    Parent = self(),
    Key = make_ref(),
    {Key, spawn_opt(fun() -> Parent ! {Key, attempt(Name, User, Host, Before)} end,
                    [link, {priority, low}])}.

looked_up({Key, Pid}, Deadline) ->
    receive
        {Key, Result} -> Result
    after max(0, Deadline - now_ms()) ->
        unlink(Pid),
        exit(Pid, kill),
        {failed, timeout}
    end.

attempt(Name, User, Host, Before) ->
    try {ok, holdings(Name, User, Host, Before)}
    catch
        Class:Reason:Stack ->
            error_logger:error_msg("mod_privacy_bot: ~ts: ~p:~p ~p", [Name, Class, Reason, Stack]),
            {failed, error}
    end.

holdings(<<"other">>, User, Host, _) -> other(User, Host);
holdings(Name, User, Host, Before) -> [holding(Name, User, Host, Before)].

%% Holdings have their items as {Key, Item}: the keys order pages of records.
shown(Category, Holding, Details) ->
    Shown = maps:merge(#{category => Category, oldest => null, newest => null}, Holding),
    case {Details, Holding} of
        {0, _} -> maps:remove(items, Shown);
        {_, #{items := Items}} ->
            Ordered = lists:sort(fun is_before/2, Items),
            Shown#{items := [Item || {_, Item} <- lists:sublist(Ordered, Details)]};
        _ -> Shown
    end.

is_before({_, #{time := Time1}}, {_, #{time := Time2}}) when Time1 =/= Time2 -> Time1 =< Time2;
is_before({Key1, _}, {Key2, _}) -> Key1 =< Key2.

counted(Items) ->
    Times = [Time || {_, #{time := Time}} <- Items, is_integer(Time)],
    #{count => length(Items), oldest => least(Times), newest => most(Times), items => Items}.

sized(Items) ->
    (counted(Items))#{bytes => lists:sum([Bytes || {_, #{bytes := Bytes}} <- Items])}.

%%% What has times: only what is older than Before

holding(<<"offline_messages">>, User, Host, Before) -> offline(User, Host, Before);
holding(<<"archive">>, User, Host, Before) ->
    (archive_extent(Host, {User, Host}, any, Before))#{retention => null,
                                                       facts => #{default => archive_choice(User, Host)}};
holding(<<"room_archive">>, User, Host, Before) ->
    {Found, IsPartial} = room_archives(User, Host, Before),
    Counts = [Extent || {_, Extent} <- Found],
    #{count => lists:sum([Count || #{count := Count} <- Counts]),
      oldest => least([Time || #{oldest := Time} <- Counts]),
      newest => most([Time || #{newest := Time} <- Counts]),
      retention => null, partial => IsPartial,
      items => [{Room, #{room => Room, count => Count}} || {Room, #{count := Count}} <- Found]};
holding(<<"uploads">>, User, Host, Before) ->
    (sized([File || {_, #{time := Time}} = File <- uploads(User, Host), is_older(Time, Before)]))#{
      retention => null(retention(upload_days(Host)))};
holding(Name, User, Host, _) -> holding(Name, User, Host).

%%% The account itself

holding(<<"account">>, User, Host) ->
    case ejabberd_auth:user_exists(User, Host) of
        true -> #{count => 1, facts => #{created => created(User, Host),
                                         enabled => is_enabled(User, Host)}};
        false -> #{count => 0}
    end;
holding(<<"password">>, User, Host) ->
    case password_format(ejabberd_auth:get_password(User, Host)) of
        none -> #{count => 0};
        Format -> #{count => 1, facts => #{format => Format, changed => null}}
    end;
holding(<<"last_activity">>, User, Host) ->
    case mod_last:get_last_info(User, Host) of
        {ok, Time, ?NEVER_LOGGED_IN} ->
            #{count => 1, newest => Time, facts => #{login => null, logout => null}};
        {ok, Time, _} -> #{count => 1, newest => Time, facts => #{login => null, logout => Time}};
        not_found -> #{count => 0}
    end;

%%% Connections

holding(<<"sessions">>, User, Host) ->
    Items = [{Resource, session(Resource, Info)}
             || {Resource, Info} <- ejabberd_sm:get_user_info(User, Host)],
    #{count => length(Items), memory => true, items => Items};
holding(<<"presence">>, User, Host) ->
    Items = [{Resource, presence(User, Host, Resource)}
             || {_, Resource} <- ejabberd_sm:get_user_present_resources(User, Host)],
    #{count => length(Items), memory => true, items => Items};

%%% Contacts

holding(<<"roster">>, User, Host) ->
    Roster = mod_roster:get_roster(User, Host),
    Asking = [Item || Item <- Roster, lists:member(asked(Item), [in, both])],
    (counted([{attribute(<<"jid">>, Element), contact(Element)}
              || Element <- contacts(User, Host)]))#{facts => #{requests => length(Asking)}};
holding(<<"blocklist">>, User, Host) ->
    counted([{JID, #{jid => JID}} || JID <- blocked(User, Host)]);

holding(<<"room_memberships">>, User, Host) ->
    {Memberships, IsPartial} = memberships(User, Host),
    (counted(maps:to_list(Memberships)))#{partial => IsPartial};

%%% Data that clients store

holding(<<"profile">>, User, Host) ->
    sized([{Part, #{part => Part, access => Access, bytes => bytes([Element || {_, Element} <- Elements])}}
           || {Part, Access, Elements} <- profile(User, Host)]);
holding(<<"client_data">>, User, Host) ->
    sized(lists:map(fun({Kind, Node, Elements, Access}) ->
                            {<<Kind/binary, $/, Node/binary>>,
                             #{kind => Kind, node => Node, items => length(Elements),
                               bytes => bytes(Elements), access => Access}}
                    end, client_data(User, Host)));

%%% Access

holding(<<"push_registrations">>, User, Host) ->
    Backend = gen_mod:db_mod(Host, mod_push),
    {ok, Registrations} = Backend:lookup_sessions(User, Host),
    counted([{<<(jid:encode(Service))/binary, $/, Node/binary>>,
              #{service => jid:encode(Service), time => seconds(Time)}}
             || {Time, Service, Node, _Form} <- Registrations]);
holding(<<"access_tokens">>, User, Host) ->
    counted(lists:map(fun({_Secret, Key, Item}) -> {Key, Item} end, tokens(User, Host)));
holding(<<"bot_records">>, User, Host) ->
    Login = recall(first_login, User, Host),
    Known = [Login, recall(identity, User, Host), recall(sweep, User, Host)],
    Time = case Login of {_, Since} -> Since; none -> null end,
    counted([record(<<"privacy_bot">>, #{time => Time}) || Known =/= [none, none, none]]
            ++ [record(<<"privacy_bot_newcomers">>, #{time => At, language => Language})
                || {At, Language} <- [recall(newcomer, User, Host)]]).

record(Store, Item) -> {Store, Item#{store => Store}}.

%%%===================================================================
%%% The account
%%%===================================================================

%% Only SQL has it.
created(User, Host) ->
    Time = case uses_sql_accounts(Host) andalso ejabberd_option:sql_type(Host) of
               sqlite -> <<"strftime('%s', created_at)">>;
               mysql -> <<"unix_timestamp(created_at)">>;
               pgsql -> <<"extract(epoch from created_at::timestamptz)">>;
               _ -> none
           end,
    case Time =/= none andalso sql(Host, ["select ", Time, " from users", of_user(User, Host)]) of
        [[Created] | _] -> to_number(Created);
        _ -> null
    end.

uses_sql_accounts(Host) ->
    lists:member(sql, ejabberd_option:auth_method(Host)).

%% Since 24.02 an account can be banned without a change of its password.
is_enabled(User, Host) ->
    case is_exported(mod_admin_extra, get_ban_details, 2) andalso is_loaded(Host, mod_private) of
        true -> mod_admin_extra:get_ban_details(User, Host) =:= [];
        false -> null
    end.

%% What get_password returns is a password, a scram record that names its hash, or a list of them.
password_format([Password | _]) -> password_format(Password);
password_format(<<_, _/binary>>) -> <<"plain">>;
password_format(Scram) when element(1, Scram) =:= scram ->
    case [Hash || Hash <- tuple_to_list(Scram), lists:member(Hash, [sha, sha256, sha512])] of
        [sha | _] -> <<"scram-sha-1">>;
        [sha256 | _] -> <<"scram-sha-256">>;
        [sha512 | _] -> <<"scram-sha-512">>;
        [] -> <<"scram">>
    end;
password_format(_) -> none.

session(Resource, Info) ->
    Connection = proplists:get_value(conn, Info),
    #{resource => Resource, ip => address(proplists:get_value(ip, Info)),
      since => seconds(proplists:get_value(ts, Info)),
      secure => is_secure(Connection),
      resumable => is_resumable(proplists:get_value(pid, Info))}.

%% Whether BOSH or WebSocket came over TLS, a web server in front may know alone.
is_secure(Connection) when Connection =:= http_bind; Connection =:= websocket -> null;
is_secure(Connection) -> lists:member(Connection, [c2s_tls, c2s_compressed_tls]).

address({Address, _Port}) when is_tuple(Address) -> list_to_binary(inet:ntoa(Address));
address(_) -> null.

%% Only the connection's own process knows: it runs session_call/3.
is_resumable(Pid) ->
    try xmpp_stream_in:call(Pid, {?MODULE, is_resumable}, 1000)
    catch _:_ -> null
    end.

session_call(State, {?MODULE, is_resumable}, From) ->
    Waits = maps:get(mgmt_timeout, State, 0),
    xmpp_stream_in:reply(From, lists:member(maps:get(mgmt_state, State, none), [active, pending])
                                   andalso is_integer(Waits) andalso Waits > 0),
    {stop, State};
session_call(State, _Request, _From) -> State.

presence(User, Host, Resource) ->
    Element = try xmpp:encode(ejabberd_c2s:get_presence(
                                ejabberd_sm:get_session_pid(User, Host, Resource)))
              catch _:_ -> {xmlel, <<"presence">>, [], []}
              end,
    #{resource => Resource, show => child_text(<<"show">>, Element),
      status => child_text(<<"status">>, Element)}.

child_text(Name, Element) ->
    case fxml:get_subtag(Element, Name) of
        false -> null;
        Child -> fxml:get_tag_cdata(Child)
    end.

%%%===================================================================
%%% Contacts
%%%===================================================================

contacts(User, Host) ->
    [xmpp:encode(mod_roster:encode_item(Item)) || Item <- mod_roster:get_roster(User, Host)].

%% #roster{usj, us, jid, name, subscription, [approved since 26], ask, groups, askmessage, xs}
asked(Item) -> element(tuple_size(Item) - 3, Item).

contact(Element) ->
    #{jid => attribute(<<"jid">>, Element), name => null_if_empty(attribute(<<"name">>, Element)),
      subscription => attribute(<<"subscription">>, Element),
      groups => [fxml:get_tag_cdata(Group) || Group <- fxml:get_subtags(Element, <<"group">>)]}.

attribute(Name, Element) -> fxml:get_tag_attr_s(Name, Element).

%% #privacy{us, default, lists = [{Name, [Item]}]}; blocking is the part of the default list that
%% XEP-0191 can show.
privacy_lists(User, Host) ->
    case mod_privacy:get_user_lists(User, Host) of
        {ok, Privacy} -> {element(3, Privacy), element(4, Privacy)};
        error -> {none, []}
    end.

blocked(User, Host) ->
    {Default, Lists} = privacy_lists(User, Host),
    lists:usort([jid:encode(element(3, Item))
                 || {Name, Items} <- Lists, Name =:= Default, Item <- Items, is_block(Item)]).

%% #listitem{type, value, action, order, match_all, match_iq, match_message, match_presence_in, _out}
is_block({listitem, jid, _, deny, _, All, Iq, Message, In, Out}) ->
    All orelse (Iq andalso Message andalso In andalso Out);
is_block(_) -> false.

%% Privacy lists (XEP-0016) that are more than a block list.
other_lists(User, Host) ->
    {Default, Lists} = privacy_lists(User, Host),
    [{Name, Items} || {Name, Items} <- Lists, Items =/= [],
                      Name =/= Default orelse not lists:all(fun is_block/1, Items)].

%%%===================================================================
%%% Messages
%%%===================================================================

%% #offline_msg{us, timestamp, expire, from, to, packet}; table spool: username, xml, seq
offline(User, Host, Before) ->
    case storage_of(Host, mod_offline) of
        mnesia ->
            counted(lists:map(fun({Time, From}) ->
                                      {sortable(now_to_us(Time)),
                                       #{from => jid:encode(From), time => seconds(Time)}}
                              end, read(offline_msg, [{2, {User, Host}}], [3, 5], older('$3', Before))));
        sql when Before =/= infinity ->
            counted([{sortable(Seq), #{from => attribute(<<"from">>, Element), time => Time}}
                     || {Seq, Time, Element} <- older_offline_rows(User, Host, Before)]);
        sql ->
            From = [" from spool", of_user(User, Host)],
            [[Count]] = sql(Host, ["select count(*)", From]),
            Oldest = offline_rows(Host, [From, " order by seq limit 200"]),
            Newest = offline_rows(Host, [From, " order by seq desc limit 1"]),
            Items = [{sortable(Seq), #{from => attribute(<<"from">>, Element), time => Time}}
                     || {Seq, Time, Element} <- Oldest],
            #{count => to_number(Count), items => Items,
              oldest => least([Time || {_, Time, _} <- Oldest, is_integer(Time)]),
              newest => most([Time || {_, Time, _} <- Newest, is_integer(Time)])}
    end.

offline_rows(Host, Rest) ->
    [{to_number(Seq), delay(Host, Element), Element}
     || [Seq, XML] <- sql(Host, ["select seq, xml", Rest]),
        {xmlel, _, _, _} = Element <- [fxml_stream:parse_element(XML)]].

%% The table has no time that is sure to be that of the message, so its own one tells.
older_offline_rows(User, Host, Before) ->
    [Row || {_, Time, _} = Row <- offline_rows(Host, [" from spool", of_user(User, Host), " order by seq"]),
            is_integer(Time), is_older(Time, Before)].

%% What the host noted when it stored the message; other delays are of the sender's making.
delay(Host, Element) ->
    Delays = fxml:get_subtags(Element, <<"delay">>),
    Own = [Delay || Delay <- Delays, attribute(<<"from">>, Delay) =:= Host],
    try seconds(xmpp_util:decode_timestamp(attribute(<<"stamp">>, hd(Own ++ Delays))))
    catch _:_ -> null
    end.

offline_page(User, Host, After, Limit) ->
    Cursor = cursor_number(After),
    Messages = case storage_of(Host, mod_offline) of
                   mnesia ->
                       [{now_to_us(Time), seconds(Time), Element}
                        || {Time, Element} <- lists:keysort(1, read(offline_msg, [{2, {User, Host}}],
                                                                    [3, 7])),
                           now_to_us(Time) > Cursor];
                   sql ->
                       offline_rows(Host, [" from spool", of_user(User, Host), " and seq > ",
                                           integer_to_list(Cursor), " order by seq limit ",
                                           integer_to_list(Limit + 1)])
               end,
    page([{integer_to_binary(Id), record(integer_to_binary(Id), Time, Element)}
          || {Id, Time, Element} <- Messages],
         <<>>, Limit, maps:get(count, offline(User, Host, infinity))).

%%% Archives: of {User, Host}, or of {Room, RoomHost} and one author
%%% #archive_msg{us, id, timestamp, peer, bare_peer, packet, nick, type, [origin_id since 24]}
%%% The key of an archive is bound and only times are copied: an archive of 100,000 messages must not
%%% be copied to be counted.

archive_extent(Host, Owner, Author, Before) ->
    case storage_of(Host, mod_mam) of
        mnesia -> extent(read(archive_msg, archive_of(Owner, Author), [4], older('$4', Before)));
        sql ->
            %% Each by itself: together, every row would be compared, where an index has the ends.
            Of = [of_archive(Host, Owner, Author), older(Before)],
            [[Count, Oldest, Newest]] =
                sql(Host, ["select (select count(*) from archive", Of, "), "
                           "(select min(timestamp) from archive", Of, "), "
                           "(select max(timestamp) from archive", Of, ")"]),
            #{count => to_number(Count), oldest => us_to_seconds(Oldest),
              newest => us_to_seconds(Newest)}
    end.

extent([]) -> #{count => 0};
extent(Times) ->
    #{count => length(Times), oldest => seconds(element(1, lists:min(Times))),
      newest => seconds(element(1, lists:max(Times)))}.

%% Guards for a column with the time in Mnesia, and the end of a condition in SQL.
older(_Column, infinity) -> [];
older(Column, Before) -> [{'<', Column, {const, us_to_now(Before)}}].

older(infinity) -> [];
older(Before) -> [" and timestamp < ", integer_to_list(Before)].

is_older(Seconds, Before) -> Seconds * 1000000 < Before.

archive_of(Owner, any) -> [{2, Owner}];
archive_of(Owner, {User, Host}) -> [{2, Owner}, {6, {User, Host, <<>>}}].

of_archive(Host, {Name, Domain}, Author) ->
    Key = case Author of
              any -> Name;
              _ -> jid:encode({Name, Domain, <<>>})
          end,
    [of_user(Key, Host), by_author(Host, Author)].

by_author(_Host, any) -> [];
by_author(Host, {User, Domain}) ->
    [" and bare_peer=", quoted(Host, jid:encode({User, Domain, <<>>}))].

%% The user's own choice, not the server's default.
archive_choice(User, Host) ->
    Backend = gen_mod:db_mod(Host, mod_mam),
    case Backend:get_prefs(User, Host) of
        {ok, Preferences} -> atom_to_binary(element(3, Preferences), utf8); % #archive_prefs{us, default}
        error -> null
    end.

%% {[{Cursor, Time, Element}], Total}: the messages after the cursor, one more than the limit to tell
%% whether there are more.
messages(Host, Owner, Author, After, Limit) ->
    case storage_of(Host, mod_mam) of
        mnesia -> mnesia_messages(archive_of(Owner, Author), cursor_number(After), Limit);
        sql -> sql_messages(Host, Owner, Author, After, Limit)
    end.

%% First the times alone, so that only this page's messages are copied.
mnesia_messages(Bound, After, Limit) ->
    Times = read(archive_msg, Bound, [4]),
    Wanted = lists:sort([Time || {Time} <- Times, now_to_us(Time) > After]),
    {case lists:sublist(Wanted, Limit + 1) of
         [] -> [];
         [First | _] = Page ->
             Found = read(archive_msg, Bound, [4, 7],
                          [{'>=', '$4', {const, First}}, {'=<', '$4', {const, lists:last(Page)}}]),
             [{integer_to_binary(now_to_us(Time)), seconds(Time), Element}
              || {Time, Element} <- lists:keysort(1, Found)]
     end,
     length(Times)}.

%% The cursor has the row's number too: two messages may have one time.
sql_messages(Host, Owner, Author, After, Limit) ->
    {Time, Row} = case binary:split(After, <<".">>) of
                      [Part1, Part2] -> {cursor_number(Part1), cursor_number(Part2)};
                      [Part1] -> {cursor_number(Part1), 1 bsl 62}
                  end,
    Rows = sql(Host, io_lib:format(
                       "select timestamp, id, peer, xml from archive~s"
                       " and (timestamp > ~b or (timestamp = ~b and id > ~b))"
                       " order by timestamp, id limit ~b",
                       [of_archive(Host, Owner, Author), Time, Time, Row, Limit + 1])),
    {[{<<Us/binary, $., Id/binary>>, us_to_seconds(Us), Element}
      || [Us, Id, Peer, XML] <- Rows,
         {xmlel, _, _, _} = Element <- [decompress(XML, Owner, Peer)]],
     maps:get(count, archive_extent(Host, Owner, Author, infinity))}.

decompress(<<$<, _/binary>> = XML, _Owner, _Peer) -> fxml_stream:parse_element(XML);
decompress(XML, {Name, Domain}, Peer) ->
    xml_compress:decode(XML, jid:encode({Name, Domain, <<>>}), Peer).

archive_page(User, Host, After, Limit) ->
    {Messages, Total} = messages(Host, {User, Host}, any, After, Limit),
    page([{Cursor, message_record(Cursor, Time, Element)} || {Cursor, Time, Element} <- Messages],
         <<>>, Limit, Total).

%% The time in microseconds is the stanza's id in the archive (XEP-0359).
message_record(Cursor, Time, Element) ->
    record(hd(binary:split(Cursor, <<".">>)), Time, Element).

%%%===================================================================
%%% Rooms
%%%===================================================================

room_hosts(Host) -> gen_mod:get_module_opt_hosts(Host, mod_muc).

room_jid(Name, RoomHost) -> jid:encode({Name, RoomHost, <<>>}).

%% #muc_room{name_host, opts}; table muc_room: name, host, opts
stored_rooms(Host, RoomHost) ->
    case storage_of(Host, mod_muc) of
        mnesia -> [Name || {{Name, _}} <- read(muc_room, [{2, {'_', RoomHost}}], [2])];
        sql -> [Name || [Name] <- sql(Host, ["select name from muc_room where host=",
                                             quoted(Host, RoomHost)])]
    end.

online_rooms(RoomHost) -> [Name || {Name, _, _} <- mod_muc:get_online_rooms(RoomHost)].

%% The rooms that know the account, #{Room => Item}, and whether there may be more.
memberships(User, Host) ->
    Deadline = now_ms() + ?ROOMS_MS,
    Asked = [ask_rooms(User, Host, RoomHost, Deadline) || RoomHost <- room_hosts(Host)],
    Known = lists:append([stored_memberships(User, Host, RoomHost) || RoomHost <- room_hosts(Host)])
        ++ lists:append([Found || {Found, _} <- Asked])
        ++ [{Room, #{nick => Nick}} || {Room, Nick} <- nicknames(User, Host)]
        ++ [{room_jid(Name, RoomHost), #{present => true}}
            || {Name, RoomHost} <- mod_muc:get_online_rooms_by_user(Host, User, Host)],
    Merge = fun({Room, Facts}, Rooms) ->
                    Item = maps:get(Room, Rooms, #{room => Room, affiliation => null, nick => null,
                                                   present => false}),
                    Rooms#{Room => maps:merge(Item, Facts)}
            end,
    {lists:foldl(Merge, #{}, Known), lists:any(fun({_, IsPartial}) -> IsPartial end, Asked)}.

stored_memberships(User, Host, RoomHost) ->
    [{room_jid(Name, RoomHost), Facts}
     || {Name, Options} <- room_options(User, Host, RoomHost),
        Facts <- [member_facts(User, Host, Options)], Facts =/= #{}].

room_options(User, Host, RoomHost) ->
    case storage_of(Host, mod_muc) of
        mnesia ->
            [{Name, Options}
             || {{Name, _}, Options} <-
                    filter_table(fun({_, Options}) -> member_facts(User, Host, Options) =/= #{} end,
                                 muc_room, [{2, {'_', RoomHost}}], [2, 3])];
        sql ->
            [{Name, ejabberd_sql:decode_term(Options)}
             || [Name, Options] <- sql(Host, ["select name, opts from muc_room where host=",
                                              quoted(Host, RoomHost), mentioning(User)])]
    end.

%% Spares parsing the options of every room; a name that is not written plainly there takes them all.
mentioning(User) ->
    case re:run(User, "^[a-z0-9.-]+$") of
        {match, _} -> [" and opts like '%\"", User, "\"%'"];
        nomatch -> []
    end.

member_facts(User, Host, Options) ->
    Affiliation = case lists:keyfind({User, Host, <<>>}, 1,
                                     proplists:get_value(affiliations, Options, [])) of
                      {_, {Name, _Reason}} -> #{affiliation => Name};
                      {_, Name} -> #{affiliation => Name};
                      false -> #{}
                  end,
    case [Nick || {JID, Nick, _} <- proplists:get_value(subscribers, Options, []),
                  is_tuple(JID), jid:tolower(jid:remove_resource(JID)) =:= {User, Host, <<>>}] of
        [Nick | _] -> Affiliation#{nick => Nick};
        [] -> Affiliation
    end.

%% Rooms that are not stored are known to their own processes only.
ask_rooms(User, Host, RoomHost, Deadline) ->
    Temporary = ordsets:subtract(ordsets:from_list(online_rooms(RoomHost)),
                                 ordsets:from_list(stored_rooms(Host, RoomHost))),
    Found = [{room_jid(Name, RoomHost), #{affiliation => Affiliation}}
             || Name <- lists:sublist(Temporary, ?ROOMS), now_ms() < Deadline,
                Affiliation <- [live_affiliation(User, Host, Name, RoomHost)],
                Affiliation =/= none],
    {Found, length(Temporary) > ?ROOMS orelse now_ms() >= Deadline}.

live_affiliation(User, Host, Name, RoomHost) ->
    try mod_muc_admin:get_room_affiliation(Name, RoomHost, jid:encode({User, Host, <<>>}))
    catch _:_ -> none % closed meanwhile
    end.

%% Registered nicknames, of a service or a room, and subscriptions (MUC/Sub).
%% #muc_registered{us_host = {{User, Host}, RoomOrService}, nick}
nicknames(User, Host) ->
    case storage_of(Host, mod_muc) of
        mnesia ->
            [{Room, Nick} || {{_, Room}, Nick} <- read(muc_registered, [{2, {{User, Host}, '_'}}],
                                                       [2, 3])];
        sql ->
            JID = quoted(Host, jid:encode({User, Host, <<>>})),
            [{Room, Nick} || [Room, Nick] <- sql(Host, ["select host, nick from muc_registered"
                                                        " where jid=", JID])]
                ++ [{room_jid(Room, RoomHost), Nick}
                    || [Room, RoomHost, Nick] <- sql(Host, ["select room, host, nick from"
                                                            " muc_room_subscribers where jid=", JID])]
    end.

%% The account's own messages in room archives, [{Room, Extent}]: ejabberd keeps the author's real
%% address with each.  Rooms that know the account come first, since the search is bounded.
room_archives(User, Host, Before) ->
    Deadline = now_ms() + ?ROOMS_MS,
    {Own, _} = memberships(User, Host),
    Others = [room_jid(Name, RoomHost)
              || RoomHost <- room_hosts(Host),
                 Name <- stored_rooms(Host, RoomHost) ++ online_rooms(RoomHost)],
    Rooms = maps:keys(Own) ++ (lists:usort(Others) -- maps:keys(Own)),
    Found = [{Room, Extent} || Room <- lists:sublist(Rooms, ?ROOMS), now_ms() < Deadline,
                               Extent <- [archive_extent(Host, owner(Room), {User, Host}, Before)],
                               maps:get(count, Extent) > 0],
    {lists:keysort(1, Found), length(Rooms) > ?ROOMS orelse now_ms() >= Deadline}.

owner(Room) ->
    {Name, RoomHost, _} = jid:tolower(jid:decode(Room)),
    {Name, RoomHost}.

%% The cursor is the room and the cursor in its archive.
room_archive_page(User, Host, After, Limit) ->
    {Room, From} = case binary:split(After, <<" ">>) of
                       [Cursor, Name] -> {Name, Cursor};
                       [_] -> {<<>>, <<>>}
                   end,
    {Found, _} = room_archives(User, Host, infinity),
    Rooms = [{Name, case Name of Room -> From; _ -> <<>> end} || {Name, _} <- Found, Name >= Room],
    page(room_messages(Rooms, User, Host, Limit + 1), <<>>, Limit,
         lists:sum([Count || {_, #{count := Count}} <- Found])).

room_messages([{Room, From} | Rooms], User, Host, Missing) when Missing > 0 ->
    {Messages, _} = messages(Host, owner(Room), {User, Host}, From, Missing),
    Page = [{<<Cursor/binary, " ", Room/binary>>,
             (message_record(Cursor, Time, Element))#{room => Room}}
            || {Cursor, Time, Element} <- Messages],
    Page ++ room_messages(Rooms, User, Host, Missing - length(Page));
room_messages(_, _, _, _) -> [].

%%%===================================================================
%%% Uploads
%%%===================================================================

%% DOCROOT/ACCOUNT/SLOT/NAME
uploads(User, Host) ->
    Lifetime = retention(upload_days(Host)),
    lists:sort([upload(Slot, Name, Info, Lifetime) || {Slot, Name, Info} <- files(User, Host)]).

files(User, Host) ->
    Directory = upload_directory(User, Host),
    [{Slot, Name, Info}
     || Slot <- list_directory(Directory),
        Name <- list_directory(filename:join(Directory, Slot)),
        {ok, Info} <- [file:read_file_info(filename:join([Directory, Slot, Name]), [raw, {time, posix}])],
        element(3, Info) =:= regular].

%% The directories are removed with their last file, as mod_http_upload_quota does.
remove_files(User, Host, Files) ->
    Directory = upload_directory(User, Host),
    [begin
         file:delete(filename:join([Directory, Slot, Name])),
         file:del_dir(filename:join(Directory, Slot))
     end || {Slot, Name, _} <- Files],
    Files =/= [] andalso file:del_dir(Directory).

%% #file_info{size, type, access, atime, mtime, ...}
upload(Slot, Name, Info, Lifetime) ->
    Id = <<(file_name(Slot))/binary, $/, (file_name(Name))/binary>>,
    {Id, #{id => Id, name => file_name(Name), type => null, bytes => element(2, Info),
           time => element(6, Info),
           expires => case Lifetime of
                          Seconds when is_integer(Seconds) -> element(6, Info) + Seconds;
                          _ -> null
                      end}}.

%% With the option 'jid_in_url: node', names that differ only in special characters share a directory, and
%% so do hosts without @HOST@ in 'docroot'.  Then nobody can tell whose files these are.
upload_directory(User, Host) ->
    has_own_directory(User, Host) orelse error({uploads, shared_directory}),
    upload_path(User, Host).

has_own_directory(User, Host) ->
    Directory = upload_path(User, Host),
    option(Host, mod_http_upload, jid_in_url) =/= node
        orelse not lists:any(fun(Other) -> Other =/= {User, Host} andalso path_of(Other) =:= Directory end,
                             namesakes(User, Host)).

namesakes(User, Host) ->
    Hosts = [At || At <- ejabberd_option:hosts(), is_loaded(At, mod_http_upload)],
    case binary:match(upload_account(User, Host), <<"_">>) of
        nomatch -> [{User, At} || At <- Hosts, ejabberd_auth:user_exists(User, At)];
        _ -> [{Other, At} || At <- Hosts, {Other, _} <- ejabberd_auth:get_users(At)]
    end.

path_of({User, Host}) -> upload_path(User, Host).

upload_path(User, Host) ->
    Root = mod_http_upload:expand_host(
             mod_http_upload:expand_home(option(Host, mod_http_upload, docroot)), Host),
    filename:join(Root, upload_account(User, Host)).

upload_account(User, Host) ->
    case option(Host, mod_http_upload, jid_in_url) of
        sha1 -> str:sha(jid:encode({User, Host, <<>>}));
        node -> re:replace(User, <<"[^\\p{Xan}_.-]">>, <<"_">>,
                           [unicode, global, ucp, {return, binary}])
    end.

list_directory(Directory) ->
    case file:list_dir_all(Directory) of
        {ok, Names} -> Names;
        {error, Reason} when Reason =:= enoent; Reason =:= enotdir -> [];
        {error, Reason} -> error({uploads, Reason})
    end.

file_name(Name) when is_list(Name) -> unicode:characters_to_binary(Name);
file_name(Name) -> utf8(Name). % not in the file system's encoding

upload_url(Id, User, Host) ->
    Base = case option(Host, mod_http_upload, get_url) of
               undefined -> option(Host, mod_http_upload, put_url);
               Url -> Url
           end,
    iolist_to_binary(lists:join($/, [mod_http_upload:expand_host(Base, Host)
                                    | [uri_string:quote(Part)
                                       || Part <- [upload_account(User, Host)
                                                   | binary:split(Id, <<"/">>)]]])).

upload_days(Host) ->
    case is_loaded(Host, mod_http_upload_quota) of
        true -> option(Host, mod_http_upload_quota, max_days);
        false -> infinity
    end.

retention(infinity) -> <<"unlimited">>;
retention(Days) -> Days * 86400.

%%% Slots

%% Asked for as the account, so that mod_http_upload applies what it applies to everybody.
slot(User, Host, Name, Size, Type) ->
    is_loaded(Host, mod_http_upload) orelse refuse(xmpp:err_feature_not_implemented()),
    %% Where it could not be told whose file it is, or where mod_http_upload_quota would remove older files
    %% of the account to make room for this one, there is no slot.
    case {has_own_directory(User, Host), fits(User, Host, Size)} of
        {false, _} -> #{refused => <<"other">>};
        {true, false} -> #{refused => <<"quota">>};
        {true, true} -> granted(ask_for_slot(User, Host, Name, Size, Type), Host)
    end.

fits(User, Host, Size) ->
    case is_loaded(Host, mod_http_upload_quota) andalso Size =< option(Host, mod_http_upload, max_size) of
        false -> true; % what is too large is refused for that, and before a quota is looked at
        true ->
            %% Megabytes.  Without a hard quota, the soft one counts.
            JID = jid:make(User, Host),
            Limits = [Megabytes * 1024 * 1024
                      || Rule <- [access_soft_quota, access_hard_quota],
                         Megabytes <- [ejabberd_shaper:match(
                                         Host, option(Host, mod_http_upload_quota, Rule), JID)],
                         is_integer(Megabytes), Megabytes > 0],
            Limits =:= [] orelse
                lists:sum([Bytes || {_, #{bytes := Bytes}} <- uploads(User, Host)]) + Size
                =< lists:max(Limits)
    end.

ask_for_slot(User, Host, Name, Size, Type) ->
    Request = {xmlel, <<"request">>, [{<<"xmlns">>, ?NS_UPLOAD}, {<<"filename">>, Name},
                                      {<<"size">>, integer_to_binary(Size)},
                                      {<<"content-type">>, Type}], []},
    IQ = xmpp:decode({xmlel, <<"iq">>, [{<<"type">>, <<"get">>}, {<<"id">>, ?VERSION}], [Request]},
                     <<"jabber:client">>, []),
    [Service | _] = gen_mod:get_module_opt_hosts(Host, mod_http_upload),
    Ask = make_ref(),
    ejabberd_router:route_iq(xmpp:set_from_to(IQ, jid:make(User, Host, <<"privacy-bot">>),
                                              jid:make(Service)),
                             Ask, self(), ?SLOT_MS),
    receive
        {iq_reply, timeout, Ask} -> error({mod_http_upload, timeout});
        {iq_reply, Answer, Ask} -> xmpp:encode(Answer)
    end.

granted(Answer, Host) ->
    case fxml:get_subtag_with_xmlns(Answer, <<"slot">>, ?NS_UPLOAD) of
        false -> refused(fxml:get_subtag(Answer, <<"error">>), Host);
        Slot ->
            Put = fxml:get_subtag(Slot, <<"put">>),
            #{put => attribute(<<"url">>, Put), get => attribute(<<"url">>, fxml:get_subtag(Slot, <<"get">>)),
              headers => maps:from_list([{attribute(<<"name">>, Header), fxml:get_tag_cdata(Header)}
                                         || Header <- fxml:get_subtags(Put, <<"header">>)]),
              retention => retention(upload_days(Host))}
    end.

refused(Error, Host) ->
    Conditions = [Name || {xmlel, Name, _, _} <- element(4, Error)],
    case {lists:member(<<"not-acceptable">>, Conditions),
          lists:member(<<"resource-constraint">>, Conditions)} of
        {true, _} ->
            Limit = case option(Host, mod_http_upload, max_size) of
                        Bytes when is_integer(Bytes) -> Bytes;
                        _ -> null % it was a service outside that refused
                    end,
            #{refused => <<"too_large">>, limit => Limit};
        {_, true} -> #{refused => <<"quota">>};
        _ -> #{refused => <<"other">>}
    end.

%%% Late files: a slot of before an erasure can be used for hours

refuse_late_files(User, Host) ->
    has_own_directory(User, Host) andalso
        (cancel_slots(User, Host) orelse remember(sweep, User, Host, {now_s(), []})).

%% Slots that nobody used yet live in the process of mod_http_upload, on every node:
%% #state{..., slots = #{[Account, Random, Name] => {Size, Timer}}, ...}.  What its own timer would send
%% has it forget one of them.  With 'external_secret' it does not know them itself.
cancel_slots(User, Host) ->
    Process = mod_http_upload:get_proc_name(Host, mod_http_upload),
    Account = upload_account(User, Host),
    option(Host, mod_http_upload, external_secret) =:= <<>> andalso
        lists:all(fun(Node) -> cancel_slots_of(Account, {Process, Node}) end, ejabberd_cluster:get_nodes()).

cancel_slots_of(Account, Process) ->
    try
        Slots = pending_slots(Account, Process),
        [Process ! {timeout, make_ref(), Slot} || Slot <- Slots],
        Slots -- pending_slots(Account, Process) =:= Slots
    catch
        Class:Reason ->
            warn("the slots of mod_http_upload are out of reach, late files are removed afterwards: ~p:~P",
                 [Class, Reason, 8]),
            false
    end.

pending_slots(Account, Process) ->
    [Slots] = [Part || Part <- tuple_to_list(sys:get_state(Process, 5000)), is_map(Part)],
    [Slot || [Owner, _, _] = Slot <- maps:keys(Slots), Owner =:= Account].

%% Otherwise, it is remembered until such slots are too old, together with the sizes of the files that the
%% account, or a new one of the same name, asked slots for afterwards: a file whose size nobody asked for is late.
%% {sweep, {User, Host}} => {Since, Sizes}
slot_requested(Acc, _Host, JID, _Directory, Size, _Lang) ->
    {User, Host, _} = jid:tolower(JID),
    case recall(sweep, User, Host) of
        none -> ok;
        {Since, Sizes} -> remember(sweep, User, Host, {Since, lists:usort([Size | Sizes])})
    end,
    Acc.

sweep(Host) ->
    [begin
         remove_late_files(User, Host, Since, Sizes),
         %% A file may have been on its way when its slot ended.
         now_s() > Since + ?SLOT_SECONDS + 3600 andalso forget(sweep, User, Host)
     end || {{_, {User, _}}, {Since, Sizes}} <- read(?TABLE, [{2, {sweep, {'_', Host}}}], [2, 3]),
            is_loaded(Host, mod_http_upload), has_own_directory(User, Host)].

remove_late_files(User, Host, Since, Sizes) ->
    Files = files(User, Host),
    %% A thumbnail is in the directory of its file.
    Wanted = [Slot || {Slot, _, Info} <- Files, lists:member(element(2, Info), Sizes)],
    remove_files(User, Host, [File || {Slot, _, Info} = File <- Files, element(6, Info) >= Since,
                                      not lists:member(Slot, Wanted)]).

%%%===================================================================
%%% Profile and client data
%%%===================================================================

profile_nodes() ->
    [{<<"urn:xmpp:vcard4">>, <<"vcard4">>}, {<<"urn:xmpp:avatar:data">>, <<"avatar">>},
     {<<"urn:xmpp:avatar:metadata">>, <<"avatar">>},
     {<<"http://jabber.org/protocol/nick">>, <<"nickname">>}].

%% [{Part, Access, [{Node, Element}]}], with 'none' for what is in no node.
profile(User, Host) ->
    VCards = case is_loaded(Host, mod_vcard) andalso mod_vcard:get_vcard(User, Host) of
                 false -> [];
                 error -> error(mod_vcard);
                 Found -> [Element || {xmlel, _, _, [_ | _]} = Element <- Found]
             end,
    Published = [{Part, Access, [{Node, node_item(Node, Item)} || Item <- Items]}
                 || {Node, Options} <- pep_nodes(User, Host),
                    {_, Part} <- [lists:keyfind(Node, 1, profile_nodes())],
                    [_ | _] = Items <- [pep_items(User, Host, Node)], Access <- [access(Options)]],
    [{<<"vcard">>, <<"open">>, [{none, Element} || Element <- VCards]} || VCards =/= []]
        ++ [{Part, element(2, hd(Nodes)), lists:append([Elements || {_, _, Elements} <- Nodes])}
            || Part <- lists:usort([Part || {Part, _, _} <- Published]),
               Nodes <- [[Each || {Of, _, _} = Each <- Published, Of =:= Part]]].

%% [{Kind, Node, Elements, Access}]: PEP nodes other than the profile's, and private XML.
client_data(User, Host) ->
    Private = case is_loaded(Host, mod_private) andalso mod_private:get_data(User, Host) of
                  false -> [];
                  {error, Reason} -> error({mod_private, Reason});
                  Elements -> [{<<"private">>, attribute(<<"xmlns">>, Element), [Element],
                                <<"whitelist">>} || Element <- Elements]
              end,
    lists:sort([{<<"pep">>, Node, pep_items(User, Host, Node), access(Options)}
                || {Node, Options} <- other_nodes(User, Host)] ++ Private).

other_nodes(User, Host) ->
    [{Node, Options} || {Node, Options} <- pep_nodes(User, Host),
                        not lists:keymember(Node, 1, profile_nodes())].

%% #pubsub_node{nodeid = {Host, Node}, id, parents, type, owners, options}
pep_nodes(User, Host) ->
    Service = {User, Host, <<>>},
    case is_loaded(Host, mod_pubsub) andalso mod_pubsub:tree_action(Service, get_nodes, [Service]) of
        false -> [];
        Nodes when is_list(Nodes) ->
            lists:sort([{element(2, element(2, Node)), element(7, Node)} || Node <- Nodes]);
        {error, Reason} -> error({mod_pubsub, Reason})
    end.

%% #pubsub_item{itemid = {Id, Index}, nodeidx, creation, modification, payload}
pep_items(User, Host, Node) ->
    case mod_pubsub:get_items({User, Host, <<>>}, Node) of
        Items when is_list(Items) ->
            [{xmlel, <<"item">>, [{<<"id">>, element(1, element(2, Item))}], element(6, Item)}
             || Item <- lists:sort(Items)];
        {error, Reason} -> error({mod_pubsub, Reason})
    end.

access(Options) -> proplists:get_value(access_model, Options, null).

%% One element for the configuration and one for each item, as XEP-0227 has them.
node_configuration(Node, Options) ->
    Fields = [{xmlel, <<"field">>, [{<<"var">>, <<"pubsub#", (atom_to_binary(Name, utf8))/binary>>}],
               [{xmlel, <<"value">>, [], [{xmlcdata, plain(Value)}]}
                || Value <- case Values of [_ | _] -> Values; _ -> [Values] end, Value =/= []]}
              || {Name, Values} <- Options],
    Form = {xmlel, <<"field">>, [{<<"var">>, <<"FORM_TYPE">>}, {<<"type">>, <<"hidden">>}],
            [{xmlel, <<"value">>, [],
              [{xmlcdata, <<"http://jabber.org/protocol/pubsub#node_config">>}]}]},
    {xmlel, <<"pubsub">>, [{<<"xmlns">>, <<"http://jabber.org/protocol/pubsub#owner">>}],
     [{xmlel, <<"configure">>, [{<<"node">>, Node}],
       [{xmlel, <<"x">>, [{<<"xmlns">>, <<"jabber:x:data">>}, {<<"type">>, <<"submit">>}],
         [Form | Fields]}]}]}.

node_item(Node, Item) ->
    {xmlel, <<"pubsub">>, [{<<"xmlns">>, <<"http://jabber.org/protocol/pubsub">>}],
     [{xmlel, <<"items">>, [{<<"node">>, Node}], [Item]}]}.

%%%===================================================================
%%% Tokens
%%%===================================================================

%% [{Secret, Key, Item}]: OAuth, and FAST (XEP-0484) since 24.12.  The keys are hashes: a token's text
%% is as good as a password.
tokens(User, Host) ->
    [{{oauth, Token}, token_key(Token), #{name => Scope, created => null, expires => Expires,
                                          used => null}}
     || {Token, Scope, Expires} <- oauth_tokens(User, Host)]
        ++ [{{fast, Key}, token_key(Key), #{name => <<"FAST">>, created => Created,
                                            expires => Expires, used => null}}
            || {Key, Created, Expires} <- fast_tokens(User, Host)].

token_key(Secret) -> str:sha(term_to_binary(Secret)).

%% #oauth_token{token, us, scope, expire}; table oauth_token: token, jid, scope, expire
oauth_tokens(User, Host) ->
    case ejabberd_option:oauth_db_type() of
        mnesia ->
            [{Token, iolist_to_binary(lists:join($\s, Scope)), Expires}
             || {Token, Scope, Expires} <- read_if_there(oauth_token, [{3, {User, Host}}], [2, 4, 5])];
        sql ->
            Main = ejabberd_config:get_myname(),
            [{Token, Scope, to_number(Expires)}
             || [Token, Scope, Expires] <-
                    sql(Main, ["select token, scope, expire from oauth_token where jid=",
                               quoted(Main, jid:encode({User, Host, <<>>}))])];
        _ -> []
    end.

%% #mod_auth_fast{key = {Host, User, Client}, token, created_at, expires_at}
fast_tokens(User, Host) ->
    case is_loaded(Host, mod_auth_fast) andalso storage_of(Host, mod_auth_fast) of
        false -> [];
        mnesia -> read(mod_auth_fast, [{2, {Host, User, '_'}}], [2, 4, 5]);
        sql -> [{{Client, Type}, null, null}
                || [Client, Type] <- sql(Host, ["select ua, type from auth_fast_tokens",
                                                of_user(User, Host)])]
    end.

%%%===================================================================
%%% Stores that this module does not know
%%%===================================================================

%% Tables of Mnesia and SQL that one of the categories covers, while that module is loaded; a table
%% whose module is gone is unknown again.
covered(Host) ->
    lists:append([Tables || {Module, Tables} <- covered(),
                            Module =:= ejabberd orelse is_loaded(Host, Module)]).

covered() ->
    %% Tokens are no unknown data even when their module is gone: they would open the account.
    [{ejabberd, [passwd, users, session, session_counter, sm, reg_users_counter, oauth_token, schema,
                 mod_auth_fast, auth_fast_tokens]},
     {mod_roster, [roster, roster_version, rosterusers, rostergroups]},
     {mod_last, [last_activity, last]},
     {mod_offline, [offline_msg, spool]},
     {mod_mam, [archive_msg, archive_prefs, archive]},
     {mod_muc, [muc_room, muc_registered, muc_online_room, muc_online_users, muc_room_subscribers]},
     {mod_vcard, [vcard, vcard_search]},
     {mod_private, [private_storage]},
     {mod_pubsub, [pubsub_node, pubsub_item, pubsub_state, pubsub_last_item, pubsub_node_owner,
                   pubsub_node_option, pubsub_subscription, pubsub_subscription_opt, pubsub_orphan]},
     {mod_privacy, [privacy, privacy_list, privacy_default_list, privacy_list_data]},
     {mod_push, [push_session]},
     {?MODULE, [?TABLE]}].

other(User, Host) ->
    Lists = case is_loaded(Host, mod_privacy) of
                true -> [{<<"privacy lists">>, length(other_lists(User, Host))}];
                false -> []
            end,
    [#{name => Name, count => Count}
     || {Name, Count} <- Lists ++ unknown_tables(User, Host), Count > 0].

unknown_tables(User, Host) ->
    [{atom_to_binary(Table, utf8), length(unknown_entries(Table, User, Host))}
     || Table <- unknown_mnesia(Host)]
        ++ [{Table, to_number(Count)}
            || {Table, Where} <- unknown_sql(User, Host),
               [Count] <- sql(Host, ["select count(*) from ", Table, Where])].

unknown_mnesia(Host) ->
    lists:sort([Table || Table <- mnesia:system_info(tables) -- covered(Host),
                         mnesia:table_info(Table, where_to_read) =/= nowhere]).

%% A key is looked up in any table, other columns and composed keys in small ones only.
unknown_entries(Table, User, Host) ->
    JID = jid:encode({User, Host, <<>>}),
    Columns = mnesia:table_info(Table, arity),
    %% A full address in another column than the key is somebody's contact, not the owner.
    IsSmall = mnesia:table_info(Table, size) =< ?SCANNED_ENTRIES,
    Bound = [{2, {User, Host}}, {2, JID}]
        ++ [{2, Value} || IsSmall, Value <- [{User, Host, '_'}, {{User, Host}, '_'}]]
        ++ [{Column, Value} || IsSmall, Column <- lists:seq(3, Columns), Value <- [{User, Host}, JID]],
    lists:usort(lists:append([entries_of(Table, [Each])
                              || Each <- lists:usort(Bound)])).

%% [{Table, Where}] for every table with a column that names accounts.
unknown_sql(User, Host) ->
    Known = [atom_to_binary(Table, utf8) || Table <- covered(Host)],
    Tables = lists:foldl(fun([Table, Column], Acc) ->
                                 Acc#{Table => [Column | maps:get(Table, Acc, [])]}
                         end, #{}, sql_columns(Host)),
    [{Table, Where} || {Table, Columns} <- lists:sort(maps:to_list(Tables)),
                       not lists:member(Table, Known),
                       Where <- [of_columns(User, Host, Columns)], Where =/= none].

sql_columns(Host) ->
    Query = case lists:member(sql, storages(Host)) andalso ejabberd_option:sql_type(Host) of
                sqlite -> "select m.name, c.name from sqlite_master m"
                              " join pragma_table_info(m.name) c where m.type='table'";
                mysql -> columns_in("database()");
                pgsql -> columns_in("current_schema()");
                _ -> none
            end,
    case Query of
        none -> [];
        _ -> sql(Host, Query)
    end.

columns_in(Schema) ->
    ["select table_name, column_name from information_schema.columns where table_schema=", Schema].

of_columns(User, Host, Columns) ->
    Has = fun(Column) -> lists:member(Column, Columns) end,
    Server = [[" and ", Column, "=", quoted(Host, Host)]
              || Column <- [<<"server_host">>, <<"server">>], Has(Column)],
    case {Has(<<"username">>), Has(<<"jid">>)} of
        {true, _} -> [" where username=", quoted(Host, User), Server];
        {false, true} -> [" where jid=", quoted(Host, jid:encode({User, Host, <<>>}))];
        {false, false} -> none
    end.

%%%===================================================================
%%% Records
%%%===================================================================

records(Category, User, Host, After, Limit) ->
    is_possible(Category, Host) orelse refuse(xmpp:err_feature_not_implemented()),
    case Category of
        <<"archive">> -> archive_page(User, Host, After, Limit);
        <<"room_archive">> -> room_archive_page(User, Host, After, Limit);
        <<"offline_messages">> -> offline_page(User, Host, After, Limit);
        _ ->
            Entries = lists:sort(entries(Category, User, Host)),
            page(Entries, After, Limit, length(Entries))
    end.

entries(<<"roster">>, User, Host) ->
    [{JID, record(JID, null, Element)} || Element <- contacts(User, Host),
                                          JID <- [attribute(<<"jid">>, Element)]];
entries(<<"blocklist">>, User, Host) ->
    [{JID, record(JID, null, {xmlel, <<"item">>, [{<<"xmlns">>, <<"urn:xmpp:blocking">>},
                                                  {<<"jid">>, JID}], []})}
     || JID <- blocked(User, Host)];
entries(<<"profile">>, User, Host) ->
    Configurations = maps:from_list(pep_nodes(User, Host)),
    [{Key, case Node of
               none -> (record(Key, null, Element))#{part => Part};
               _ -> (record(Key, null, Element))#{part => Part, node => Node}
           end}
     || {Part, _, Elements} <- profile(User, Host),
        {Key, {Node, Element}} <- keyed(Part, configured(Elements, none, Configurations))];
entries(<<"client_data">>, User, Host) ->
    Configurations = maps:from_list(other_nodes(User, Host)),
    [{Key, (record(Key, null, Element))#{kind => Kind, node => Node}}
     || {Kind, Node, Elements, _} <- client_data(User, Host),
        {Key, Element} <- keyed(<<Kind/binary, $/, Node/binary>>,
                                exported(Kind, Node, Elements, Configurations))];
entries(<<"uploads">>, User, Host) ->
    [{Id, Item#{url => upload_url(Id, User, Host)}} || {Id, Item} <- uploads(User, Host)];
entries(<<"other">>, User, Host) ->
    [{Key, #{id => Key, name => Name, data => Data}}
     || {Name, Texts} <- other_records(User, Host), {Key, Data} <- keyed(Name, Texts)];
entries(Category, User, Host) ->
    case holding(Category, User, Host) of
        #{items := Items} -> [{Key, maps:merge(#{id => Key}, Item)} || {Key, Item} <- Items];
        #{count := 1, facts := Facts} -> [{Category, Facts#{id => Category}}];
        _ -> []
    end.

exported(<<"pep">>, Node, Items, Configurations) ->
    [node_configuration(Node, maps:get(Node, Configurations, []))
     | [node_item(Node, Item) || Item <- Items]];
exported(<<"private">>, _Node, Elements, _) -> Elements.

%% Each node's configuration before its first item.
configured([{Node, _} = Element | Rest], Before, Configurations) ->
    [{Node, node_configuration(Node, maps:get(Node, Configurations, []))}
     || Node =/= none, Node =/= Before] ++ [Element | configured(Rest, Node, Configurations)];
configured([], _, _) -> [].

other_records(User, Host) ->
    Lists = case is_loaded(Host, mod_privacy) of
                true -> [{<<"privacy lists">>, [describe(List) || List <- other_lists(User, Host)]}];
                false -> []
            end,
    Lists ++ [{atom_to_binary(Table, utf8),
               [describe(Entry) || Entry <- unknown_entries(Table, User, Host)]}
              || Table <- unknown_mnesia(Host)]
        ++ [{Table, [iolist_to_binary(lists:join($\t, Row))
                     || Row <- sql(Host, ["select * from ", Table, Where])]}
            || {Table, Where} <- unknown_sql(User, Host)].

describe(Term) -> unicode:characters_to_binary(io_lib:format("~tp", [Term])).

%% Numbered below one name, so that the order is that of the list.
keyed(Name, List) ->
    lists:zip([<<Name/binary, $#, (sortable(Index))/binary>> || Index <- lists:seq(1, length(List))],
              List).

record(Id, Time, Element) ->
    #{id => Id, time => Time, xml => fxml:element_to_binary(Element)}.

%% From [{Cursor, Item}] in order: those after the cursor, as many as fit, but at least one.  Entries
%% with one cursor stay together.
page(Entries, After, Limit, Total) ->
    Wanted = lists:dropwhile(fun({Cursor, _}) -> Cursor =< After end, Entries),
    {Page, Rest} = fill(Wanted, none, Limit, ?PAGE_BYTES),
    #{items => [Item || {_, Item} <- Page], total => Total,
      next => case Rest of
                  [] -> null;
                  _ -> element(1, lists:last(Page))
              end}.

fill([{Cursor, Item} | Rest] = Entries, Last, Limit, Bytes) ->
    Left = Bytes - lists:sum([byte_size(Text) || Text <- maps:values(Item), is_binary(Text)]),
    case Last =:= none orelse Last =:= Cursor orelse (Limit > 0 andalso Left >= 0) of
        true ->
            {Page, Others} = fill(Rest, Cursor, Limit - 1, Left),
            {[{Cursor, Item} | Page], Others};
        false -> {[], Entries}
    end;
fill([], _Last, _Limit, _Bytes) -> {[], []}.

%%%===================================================================
%%% Erasure
%%%===================================================================

erasable() ->
    [<<"uploads">>, <<"archive">>, <<"offline_messages">>, <<"profile">>, <<"client_data">>,
     <<"blocklist">>, <<"push_registrations">>, <<"roster">>, <<"last_activity">>,
     <<"access_tokens">>, <<"room_memberships">>, <<"room_archive">>, <<"account">>].

%% What was erased and what is left is counted, not taken from what ejabberd's functions return.
erase(Category, User, Host, Before) ->
    lists:member(Category, erasable()) andalso is_possible(Category, Host)
        andalso (Before =:= infinity orelse lists:member(Category, dated()))
        orelse refuse(xmpp:err_feature_not_implemented()),
    #{count := Count} = holding(Category, User, Host, Before),
    case Before of
        infinity -> erase_category(Category, User, Host);
        _ -> erase_older(Category, User, Host, Before)
    end,
    #{count := After} = holding(Category, User, Host, Before),
    #{erased => max(0, Count - After), left => left(Category, User, Host)}.

left(<<"account">>, User, Host) ->
    #{holdings := Holdings, failed := Failed} = inventory(User, Host, wanted(#{}), 0, infinity),
    [Holding || #{count := Count} = Holding <- Holdings, Count =/= 0]
        ++ [#{category => Name, count => null} || #{category := Name} <- Failed];
left(Category, User, Host) ->
    [shown(Category, holding(Category, User, Host, infinity), 0)].

erase_older(<<"archive">>, User, Host, Before) -> forget_messages(Host, {User, Host}, any, Before);
erase_older(<<"room_archive">>, User, Host, Before) -> forget_room_messages(User, Host, Before);
erase_older(<<"offline_messages">>, User, Host, Before) ->
    case storage_of(Host, mod_offline) of
        mnesia -> remove(offline_msg, [{2, {User, Host}}], 3, older('$3', Before));
        sql ->
            [sql(Host, ["delete from spool", of_user(User, Host), " and seq=", integer_to_list(Seq)])
             || {Seq, _, _} <- older_offline_rows(User, Host, Before)]
    end,
    forget_offline_count(User, Host);
erase_older(<<"uploads">>, User, Host, Before) ->
    %% What a slot of today brings is newer, unless everything is older than a time that is still to come.
    is_older(now_s(), Before) andalso refuse_late_files(User, Host),
    remove_files(User, Host, [File || {_, _, Info} = File <- files(User, Host),
                                      is_older(element(6, Info), Before)]).

erase_category(<<"uploads">>, User, Host) ->
    refuse_late_files(User, Host),
    mod_http_upload:remove_user(User, Host),
    %% What was accepted right before.
    timer:sleep(?PUT_MS),
    mod_http_upload:remove_user(User, Host);
%% Leaves the choice whether messages are archived as it is.
erase_category(<<"archive">>, User, Host) -> mod_mam:remove_mam_for_user(User, Host);
erase_category(<<"offline_messages">>, User, Host) -> mod_offline:remove_user(User, Host);
erase_category(<<"last_activity">>, User, Host) -> mod_last:remove_user(User, Host);
erase_category(<<"profile">>, User, Host) ->
    case is_loaded(Host, mod_vcard) of
        true ->
            %% Published empty first: the user's devices and contacts forget the avatar's hash.
            as_user(User, Host, mod_vcard, process_sm_iq,
                    {xmlel, <<"vCard">>, [{<<"xmlns">>, <<"vcard-temp">>}], []}),
            mod_vcard:remove_user(User, Host);
        false -> ok
    end,
    [delete_node(User, Host, Node) || {Node, _} <- pep_nodes(User, Host),
                                      lists:keymember(Node, 1, profile_nodes())];
erase_category(<<"client_data">>, User, Host) ->
    is_loaded(Host, mod_private) andalso mod_private:remove_user(User, Host),
    [delete_node(User, Host, Node) || {Node, _} <- other_nodes(User, Host)];
erase_category(<<"blocklist">>, User, Host) ->
    unblock(User, Host, is_loaded(Host, mod_blocking)),
    case privacy_lists(User, Host) of
        {_, [_ | _] = Lists} ->
            %% Nothing but empty lists: remove them and the choice of the default list.
            lists:all(fun({_, Items}) -> Items =:= [] end, Lists)
                andalso mod_privacy:remove_user(User, Host);
        _ -> ok
    end;
erase_category(<<"push_registrations">>, User, Host) ->
    [ejabberd_c2s:cast(proplists:get_value(pid, Info), push_disable)
     || {_, Info} <- ejabberd_sm:get_user_info(User, Host)],
    mod_push:remove_user(User, Host);
erase_category(<<"roster">>, User, Host) ->
    [as_user(User, Host, mod_roster, process_iq,
             {xmlel, <<"query">>, [{<<"xmlns">>, <<"jabber:iq:roster">>}],
              [{xmlel, <<"item">>, [{<<"jid">>, attribute(<<"jid">>, Contact)},
                                    {<<"subscription">>, <<"remove">>}], []}]})
     || Contact <- contacts(User, Host)],
    mod_roster:remove_user(User, Host);
erase_category(<<"access_tokens">>, User, Host) ->
    [revoke(Secret, User, Host) || {Secret, _, _} <- tokens(User, Host)];
erase_category(<<"room_memberships">>, User, Host) ->
    {Memberships, _} = memberships(User, Host),
    [leave_room(Room, IsPresent, User, Host)
     || {Room, #{present := IsPresent}} <- maps:to_list(Memberships)];
%% What a room shows to those who come in is in its memory and stays until it closes.
erase_category(<<"room_archive">>, User, Host) -> forget_room_messages(User, Host, infinity);
%% Connections end first: ejabberd would note the last activity of an account that is gone, and its
%% role in rooms.  Then goes what ejabberd would leave behind.
erase_category(<<"account">>, User, Host) ->
    end_sessions(User, Host),
    [erase_category(Category, User, Host)
     || Category <- [<<"uploads">>, <<"access_tokens">>, <<"room_memberships">>],
        is_possible(Category, Host)],
    ejabberd_auth:remove_user(User, Host),
    %% A client may have come back meanwhile, and asked for a slot.
    end_sessions(User, Host),
    is_loaded(Host, mod_http_upload) andalso erase_category(<<"uploads">>, User, Host),
    is_loaded(Host, mod_last) andalso mod_last:remove_user(User, Host).

end_sessions(User, Host) ->
    ejabberd_sm:kick_user(User, Host),
    wait_for_sessions(User, Host, 20).

wait_for_sessions(User, Host, Times) ->
    case Times > 0 andalso ejabberd_sm:get_user_resources(User, Host) =/= [] of
        true -> timer:sleep(100), wait_for_sessions(User, Host, Times - 1);
        false -> ok
    end.

%% As if a client had asked, so that the user's devices and contacts are told.
as_user(User, Host, Module, Function, Element) ->
    JID = jid:make(User, Host),
    IQ = xmpp:decode({xmlel, <<"iq">>, [{<<"type">>, <<"set">>}, {<<"id">>, ?VERSION}], [Element]},
                     <<"jabber:client">>, []),
    Module:Function(xmpp:set_from_to(IQ, JID, JID)).

delete_node(User, Host, Node) ->
    mod_pubsub:delete_node({User, Host, <<>>}, Node, jid:make(User, Host)).

%% One by one: without names, mod_blocking removes other rules of the list too.
unblock(User, Host, true) ->
    Items = [{xmlel, <<"item">>, [{<<"jid">>, JID}], []} || JID <- blocked(User, Host)],
    Items =/= [] andalso
        as_user(User, Host, mod_blocking, process_iq,
                {xmlel, <<"unblock">>, [{<<"xmlns">>, <<"urn:xmpp:blocking">>}], Items});
unblock(User, Host, false) ->
    {Default, Lists} = privacy_lists(User, Host),
    [mod_privacy:set_list(User, Host, Name, [Item || Item <- Items, not is_block(Item)])
     || {Name, Items} <- Lists, Name =:= Default].

revoke({oauth, Token}, _User, _Host) -> ejabberd_oauth:oauth_revoke_token(Token);
revoke({fast, Key}, User, Host) ->
    case storage_of(Host, mod_auth_fast) of
        mnesia -> mnesia:dirty_delete(mod_auth_fast, Key);
        sql -> sql(Host, ["delete from auth_fast_tokens", of_user(User, Host)])
    end.

forget_room_messages(User, Host, Before) ->
    {Found, _} = room_archives(User, Host, Before),
    [forget_messages(Host, owner(Room), {User, Host}, Before) || {Room, _} <- Found].

forget_messages(Host, Owner, Author, Before) ->
    case storage_of(Host, mod_mam) of
        mnesia -> remove(archive_msg, archive_of(Owner, Author), 4, older('$4', Before));
        sql -> sql(Host, ["delete from archive", of_archive(Host, Owner, Author), older(Before)])
    end.

%% mod_offline keeps in memory how many messages wait.
forget_offline_count(User, Host) ->
    try ets_cache:delete(offline_msg_counter_cache, {User, Host}, ejabberd_cluster:get_nodes())
    catch error:badarg -> ok % without that cache
    end.

%% Room is a room or a service with a registered nickname.
leave_room(Room, IsPresent, User, Host) ->
    JID = jid:make(User, Host),
    {Name, RoomHost, _} = jid:tolower(jid:decode(Room)),
    Backend = gen_mod:db_mod(Host, mod_muc),
    Backend:set_nick(Host, Room, JID, <<>>),
    case Name =/= <<>> andalso mod_muc:unhibernate_room(Host, RoomHost, Name) of
        {ok, Pid} ->
            mod_muc_room:unsubscribe(Pid, JID),
            mod_muc_room:change_item(Pid, JID, affiliation, none, <<>>),
            IsPresent orelse forget_role(Pid, {Host, RoomHost, Name}, jid:tolower(JID));
        _ -> ok
    end.

%% 23.01 notes (and stores) a role in place of the affiliation, and nothing that a room can be asked for
%% takes it away again.  Its state is changed only while nobody is in it, so that nothing can get lost.
forget_role(Pid, {Host, RoomHost, Name}, {User, Server, _}) ->
    Account = {User, Server, <<>>},
    case mod_muc_room:get_state(Pid) of
        {ok, State} ->
            Changed = list_to_tuple([without_role(Account, Part) || Part <- tuple_to_list(State)]),
            case Changed =:= State orelse has_occupants(State) of
                true -> ok;
                false ->
                    p1_fsm:sync_send_all_state_event(Pid, {change_state, Changed}),
                    Backend = gen_mod:db_mod(Host, mod_muc),
                    case Backend:restore_room(Host, RoomHost, Name) of
                        [_ | _] = Options ->
                            Kept = [{Key, case Key of
                                              roles -> lists:keydelete(Account, 1, Value);
                                              _ -> Value
                                          end} || {Key, Value} <- Options],
                            Backend:store_room(Host, RoomHost, Name, Kept, undefined);
                        _ -> ok
                    end
            end;
        _ -> ok
    end.

without_role(Account, Part) when is_map(Part) ->
    case lists:member(maps:get(Account, Part, none), [visitor, participant, moderator]) of
        true -> maps:remove(Account, Part);
        false -> Part
    end;
without_role(_Account, Part) -> Part.

%% A map of a room's state has its occupants: {user, JID, Nick, ...} by JID.
has_occupants(State) ->
    lists:any(fun(Part) ->
                      is_map(Part)
                          andalso lists:any(fun(Value) -> is_tuple(Value) andalso element(1, Value) =:= user end,
                                            maps:values(Part))
              end, tuple_to_list(State)).

%%%===================================================================
%%% Settings
%%%===================================================================

settings(Host) ->
    #{settings => [Setting#{host => Host} || Setting <- lists:append(
                     [module_settings(Module, Host) || Module <- setting_modules(),
                                                       is_loaded(Host, Module)]
                     ++ [availability(Host), server_settings(Host)])],
      modules => lists:sort([atom_to_binary(Module, utf8) || Module <- gen_mod:loaded_modules(Host)])}.

%% Does the server have it at all?
availability(Host) ->
    [setting(Key, lists:all(fun(Module) -> is_loaded(Host, Module) end, Modules),
             [modules, hd(Modules)], Host)
     || {Key, Modules} <- [{archive, [mod_mam]}, {room_archive, [mod_mam, mod_muc]},
                           {offline_messages, [mod_offline]}, {uploads, [mod_http_upload]},
                           {last_activity, [mod_last]}, {push_registrations, [mod_push]},
                           {blocklist, [mod_privacy]}]]
        ++ case is_loaded(Host, mod_register) of
               true -> [];
               false -> [setting('registration.open', false, [modules, mod_register], Host)]
           end
        ++ case is_loaded(Host, mod_stream_mgmt) of
               true -> [];
               false -> [setting('sessions.resume', 0, [modules, mod_stream_mgmt], Host)]
           end.

setting_modules() ->
    [mod_mam, mod_muc, mod_offline, mod_http_upload, mod_register, mod_last, mod_stream_mgmt].

module_settings(mod_mam = Module, Host) ->
    %% ejabberd removes old messages by a command only.
    [setting('archive.default', option(Host, Module, default), [modules, Module, default], Host),
     setting('archive.retention', null, [modules, Module], Host)]
        ++ [setting('room_archive.retention', null, [modules, Module], Host)
            || is_loaded(Host, mod_muc)];
module_settings(mod_muc = Module, Host) ->
    Rooms = option(Host, Module, default_room_options),
    [setting('room_archive.default', proplists:get_value(mam, Rooms, false),
             [modules, Module, default_room_options, mam], Host)
     || is_loaded(Host, mod_mam)]
        ++ [setting(room_history, option(Host, Module, history_size), [modules, Module, history_size],
                    Host)];
module_settings(mod_offline = Module, Host) ->
    [setting('offline_messages.retention', null, [modules, Module], Host),
     setting('offline_messages.limit', offline_limit(Host), [modules, Module, access_max_user_messages],
             Host)];
module_settings(mod_http_upload = Module, Host) ->
    [setting('uploads.size_limit', unlimited(option(Host, Module, max_size)),
             [modules, Module, max_size], Host),
     setting('uploads.retention', retention(upload_days(Host)),
             [modules, mod_http_upload_quota, max_days], Host),
     setting('uploads.quota', upload_quota(Host), [modules, mod_http_upload_quota, access_hard_quota],
             Host)];
module_settings(mod_register = Module, Host) ->
    Anybody = jid:make(<<"somebody">>, Host),
    %% 192.0.2.1 (RFC 5737) stands for an address on the internet.
    [setting('registration.open', acl:match_rule(Host, option(Host, Module, access), Anybody) =:= allow
                 andalso acl:match_rule(Host, option(Host, Module, ip_access), {192, 0, 2, 1}) =:= allow,
             [modules, Module, access], Host),
     setting('registration.reports_ip', option(Host, Module, registration_watchers) =/= []
                 andalso not ejabberd_option:hide_sensitive_log_data(),
             [modules, Module, registration_watchers], Host)];
module_settings(mod_last = Module, Host) ->
    [(setting('last_activity.ip', false, [modules, Module], Host))#{set => false}];
module_settings(mod_stream_mgmt = Module, Host) ->
    [setting('sessions.resume', option(Host, Module, resume_timeout) div 1000,
             [modules, Module, resume_timeout], Host)].

server_settings(Host) ->
    Level = log_level(ejabberd_option:loglevel()),
    [setting('logs.level', Level, [loglevel], Host),
     %% At the level info it notes the address of every login.
     setting('logs.ip', lists:member(Level, [<<"debug">>, <<"info">>])
                 andalso not ejabberd_option:hide_sensitive_log_data(),
             [hide_sensitive_log_data], Host),
     setting('logs.retention', null, [log_rotate_count], Host),
     setting('logs.rotation', rotation(ejabberd_option:log_rotate_size(),
                                       ejabberd_option:log_rotate_count()), [log_rotate_size], Host),
     password_setting(Host),
     %% Inactive accounts are removed by a command only.
     setting('inactive.retention', null, [], Host)].

%% Since 26, auth_stored_password_types is preferred to auth_password_format.  Of passwords that ejabberd
%% does not store nothing is known.
password_setting(Host) ->
    Types = case is_exported(ejabberd_option, auth_stored_password_types, 1) of
                true -> ejabberd_option:auth_stored_password_types(Host);
                false -> []
            end,
    IsStored = lists:any(fun(Method) -> lists:member(Method, [internal, mnesia, sql]) end,
                         ejabberd_option:auth_method(Host)),
    case {IsStored, Types} of
        {false, _} -> setting('password.format', null, [auth_method], Host);
        {true, []} ->
            setting('password.format', ejabberd_option:auth_password_format(Host),
                    [auth_password_format], Host);
        {true, _} ->
            Format = case lists:member(plain, Types) of true -> plain; false -> scram end,
            setting('password.format', Format, [auth_stored_password_types], Host)
    end.

log_level(Level) when Level =:= debug; Level =:= info; Level =:= none -> atom_to_binary(Level, utf8);
log_level(Level) when Level =:= notice; Level =:= warning -> <<"warn">>;
log_level(_) -> <<"error">>.

rotation(Bytes, Files) when is_integer(Bytes), is_integer(Files) -> #{bytes => Bytes, files => Files};
rotation(_, _) -> null.

offline_limit(Host) ->
    limit(Host, option(Host, mod_offline, access_max_user_messages), 1).

%% Megabytes in the configuration.
upload_quota(Host) ->
    case is_loaded(Host, mod_http_upload_quota) of
        true -> limit(Host, option(Host, mod_http_upload_quota, access_hard_quota), 1024 * 1024);
        false -> <<"unlimited">>
    end.

%% Of an ordinary account.
limit(Host, Rule, Unit) ->
    case ejabberd_shaper:match(Host, Rule, jid:make(<<"somebody">>, Host)) of
        Number when is_integer(Number) -> Number * Unit;
        Infinity when Infinity =:= infinity; Infinity =:= none -> <<"unlimited">>;
        _ -> null
    end.

unlimited(infinity) -> <<"unlimited">>;
unlimited(Number) -> Number.

setting(Key, Value, Path, Host) ->
    {Option, Place} = case Path of
                          [modules, Module | Rest] ->
                              {dotted([Module | Rest]),
                               <<"modules: ", (atom_to_binary(Module, utf8))/binary>>};
                          _ -> {dotted(Path), <<"top level">>}
                      end,
    #{key => Key, value => Value, option => Option, place => Place,
      set => Value =/= null andalso is_written(Path, Host)}.

dotted(Names) -> iolist_to_binary(lists:join($., [atom_to_binary(Name, utf8) || Name <- Names])).

%% Has the operator written the option, for this host or for all?
is_written([], _Host) -> false;
is_written(Path, Host) ->
    Configuration = ejabberd_config:get_option(yaml_config),
    is_in(Path, Configuration)
        orelse lists:any(fun(Top) -> is_in([Top, Host | Path], Configuration) end,
                         [host_config, append_host_config]).

is_in([], _) -> true;
is_in([Name | Path], Options) when is_list(Options) ->
    Text = case Name of
               _ when is_atom(Name) -> atom_to_binary(Name, utf8);
               _ -> Name
           end,
    lists:any(fun({Key, Value}) -> plain(Key) =:= Text andalso is_in(Path, Value);
                 (_) -> false
              end, Options);
is_in(_, _) -> false.

%%%===================================================================
%%% What this module remembers
%%%===================================================================

%% {privacy_bot, {Kind, {User, Host}}, Value}.  On disc in every cluster's every node, like other tables
%% of ejabberd.
create_table() ->
    Create = fun(Copies) ->
                     ejabberd_mnesia:create(?MODULE, ?TABLE, [{Copies, [node()]},
                                                              {attributes, [key, value]}])
             end,
    case Create(disc_copies) of
        {atomic, _} -> ok;
        Error ->
            warn("what is known of accounts is forgotten with the next restart: ~p", [Error]),
            {atomic, _} = Create(ram_copies),
            ok
    end.

recall(Kind, User, Host) ->
    case mnesia:dirty_read(?TABLE, {Kind, {User, Host}}) of
        [{?TABLE, _, Value}] -> Value;
        [] -> none
    end.

remember(Kind, User, Host, Value) ->
    mnesia:dirty_write({?TABLE, {Kind, {User, Host}}, Value}),
    mnesia:sync_log().

forget(Kind, User, Host) ->
    mnesia:dirty_delete(?TABLE, {Kind, {User, Host}}).

identity(User, Host) -> recall(identity, User, Host).

identify(User, Host) ->
    Key = {identity, {User, Host}},
    New = str:sha(crypto:strong_rand_bytes(20)),
    {atomic, Id} = mnesia:transaction(fun() ->
                                              case mnesia:read(?TABLE, Key, write) of
                                                  [{?TABLE, _, Known}] -> Known;
                                                  [] -> mnesia:write({?TABLE, Key, New}), New
                                              end
                                      end),
    %% Mnesia itself writes some seconds later.
    Id =:= New andalso mnesia:sync_log(),
    %% Nothing may be left for the next one of that name, if the account was removed meanwhile.
    ejabberd_auth:user_exists(User, Host) =:= true
        orelse begin forget(identity, User, Host), refuse(xmpp:err_item_not_found()) end,
    Id.

%% Everything about an account that is no more.
forget_account(User, Host) ->
    Kinds = [identity, first_login, newcomer],
    Forget = fun() -> [mnesia:delete({?TABLE, {Kind, {User, Host}}}) || Kind <- Kinds] end,
    {atomic, _} = mnesia:transaction(Forget),
    ok.

%% Accounts that were removed while this module was not there.
forget_strangers(Host) ->
    Known = lists:usort([User || Kind <- [identity, first_login, newcomer],
                                 {{_, {User, _}}} <- read(?TABLE, [{2, {Kind, {'_', Host}}}], [2])]),
    [forget_account(User, Host) || User <- Known, ejabberd_auth:user_exists(User, Host) =:= false].

%%%===================================================================
%%% First logins
%%%===================================================================

%% {first_login, {User, Host}} => {new, Since} until one of the account's clients is ready for messages,
%% {seen, Since} afterwards; this is forgotten as soon as mod_last, the second source, knows of a login.
%% {newcomer, {User, Host}} => {Time, Language} until the bot has welcomed them.

is_new(User, Host) ->
    case {recall(first_login, User, Host), last_login(User, Host)} of
        %% Removed and registered again while this module was not there.
        {{seen, Since} = Seen, {never, Registered}} when Registered > Since ->
            forget(identity, User, Host),
            forget(newcomer, User, Host),
            become_new(User, Host, Seen, Registered);
        {{seen, _}, _} -> false;
        {{new, _}, _} -> true;
        {none, {never, Registered}} ->
            not was_online_before(User, Host) andalso become_new(User, Host, none, Registered);
        {none, at_least_once} -> false;
        {none, unknown} -> null
    end.

%% Somebody else may have written meanwhile, for another of the account's devices.
become_new(User, Host, Before, Registered) ->
    Key = {first_login, {User, Host}},
    Known = [{?TABLE, Key, Before} || Before =/= none],
    New = {?TABLE, Key, {new, max(Registered, now_s())}},
    Become = fun() -> mnesia:read(?TABLE, Key, write) =:= Known andalso mnesia:write(New) end,
    {atomic, _} = mnesia:transaction(Become),
    mnesia:sync_log(),
    is_new(User, Host).

last_login(User, Host) ->
    case is_loaded(Host, mod_last) andalso mod_last:get_last_info(User, Host) of
        {ok, Time, ?NEVER_LOGGED_IN} -> {never, Time};
        {ok, _, _} -> at_least_once;
        _ -> unknown
    end.

%% Then it had its first login already, though mod_last does not know of it before its end.
was_online_before(User, Host) ->
    Since = maps:get(since, persistent_term:get({?MODULE, Host}, #{}), 0),
    lists:any(fun({_Resource, Info}) -> seconds(proplists:get_value(ts, Info)) < Since end,
              ejabberd_sm:get_user_info(User, Host)).

%% Of all the clients that are ready one is the first.  Returns when, or false.
claim(User, Host, Language) ->
    Key = {first_login, {User, Host}},
    Time = now_s(),
    Claim = fun() ->
                    case mnesia:read(?TABLE, Key, write) of
                        [{?TABLE, _, {new, Since}}] ->
                            %% The clock may have been set back since the registration.
                            mnesia:write({?TABLE, Key, {seen, max(Since, Time)}}),
                            mnesia:write({?TABLE, {newcomer, {User, Host}}, {Time, Language}}),
                            Time;
                        _ -> false
                    end
            end,
    {atomic, Claimed} = mnesia:transaction(Claim),
    Claimed =:= false orelse mnesia:sync_log(),
    Claimed.

%% In the order of time.
newcomers_since(Since, Host) ->
    Guard = {'>=', {element, 1, variable(3)}, Since},
    lists:sort([{Time, User, Language}
                || {{_, {User, _}}, {Time, Language}}
                       <- read(?TABLE, [{2, {newcomer, {'_', Host}}}], [2, 3], [Guard])]).

newcomers(Host, {Since, _} = After, Limit) ->
    Rest = lists:dropwhile(fun({Time, User, _}) -> {Time, User} =< After end, newcomers_since(Since, Host)),
    Page = lists:sublist(Rest, Limit),
    Oldest = now_s() - ?NEWCOMER_SECONDS,
    #{newcomers => [#{account => User, time => Time, language => Language}
                    || {Time, User, Language} <- Page, Time > Oldest,
                       ejabberd_auth:user_exists(User, Host) =:= true],
      next => case length(Rest) > Limit of
                  true ->
                      {Time, User, _} = lists:last(Page),
                      <<(integer_to_binary(Time))/binary, $/, User/binary>>;
                  false -> null
              end}.

place(<<>>) -> {0, <<>>};
place(Cursor) ->
    case binary:split(Cursor, <<"/">>) of
        [Time, User] -> {cursor_number(Time), User};
        _ -> bad_request()
    end.

%% One of another time is that of another account of the same name.
welcomed(Host, Entries) ->
    Forgotten = [mnesia:dirty_delete_object({?TABLE, {newcomer, {User, Host}}, {Time, Language}})
                 || {User, Time} <- lists:usort(Entries),
                    {At, Language} <- [recall(newcomer, User, Host)], At =:= Time],
    mnesia:sync_log(),
    length(Forgotten).

entries(Arguments) ->
    case maps:get(<<"accounts">>, Arguments, null) of
        Entries when is_list(Entries), length(Entries) =< 1000 -> lists:map(fun entry/1, Entries);
        _ -> bad_request()
    end.

entry(Entry) when is_map(Entry) ->
    case jid:nodeprep(nonempty(<<"account">>, Entry)) of
        User when is_binary(User) -> {User, number(<<"time">>, Entry, required, 0, infinity)};
        error -> bad_request()
    end;
entry(_) -> bad_request().

expire(Host) ->
    Newcomers = newcomers_since(0, Host),
    {TooMany, Others} = lists:split(max(0, length(Newcomers) - ?NEWCOMERS), Newcomers),
    Oldest = now_s() - ?NEWCOMER_SECONDS,
    [mnesia:dirty_delete_object({?TABLE, {newcomer, {User, Host}}, {Time, Language}})
     || {Time, User, Language} <- TooMany ++ [Old || {Time, _, _} = Old <- Others, Time =< Oldest]],
    [mnesia:dirty_delete_object({?TABLE, {first_login, US}, {seen, Since}})
     || {{_, {User, _} = US}, {seen, Since}}
            <- read(?TABLE, [{2, {first_login, {'_', Host}}}], [2, 3]),
        is_remembered_elsewhere(last_login(User, Host), Since, Oldest)].

is_remembered_elsewhere(at_least_once, _, _) -> true;
is_remembered_elsewhere({never, _}, _, _) -> false;
is_remembered_elsewhere(unknown, Since, Oldest) -> Since =< Oldest.

%%%===================================================================
%%% Events
%%%===================================================================

%% Whether an account is new can be told before it has logged out once; which of its clients is the first
%% shows when one is ready for messages.
session_opened(#{user := User, lserver := Host} = State) ->
    %% A login must not fail for this.
    State#{?MODULE => try is_new(jid:nodeprep(User), Host) catch _:_ -> null end}.

self_presence({Presence, #{?MODULE := IsNew, user := User, lserver := Host, resource := Resource}
               = State} = Acc) ->
    case xmpp:get_type(Presence) of
        available ->
            Account = jid:nodeprep(User),
            Language = language(Presence, State),
            First = first_login(IsNew, Account, Host, Language),
            send_event(Host, First#{event => login, account => Account, resource => Resource,
                                    language => Language}),
            {Presence, maps:remove(?MODULE, State)};
        _ -> Acc
    end;
self_presence(Acc) -> Acc.

first_login(true, User, Host, Language) ->
    try claim(User, Host, Language) of
        false -> #{first => false};
        Time -> #{first => true, time => Time}
    catch
        Class:Reason ->
            warn("a first login could not be remembered, it is the next one then: ~p:~P", [Class, Reason, 8]),
            #{first => null}
    end;
first_login(IsNew, _User, _Host, _Language) -> #{first => IsNew}.

language(Presence, State) ->
    Language = case xmpp:get_lang(Presence) of
                   <<>> -> maps:get(lang, State, <<>>);
                   Own -> Own
               end,
    %% BCP 47, section 4.4.1
    case re:run(Language, "^[a-zA-Z0-9-]{1,35}$", [dollar_endonly]) of
        nomatch -> null;
        _ -> Language
    end.

register_user(User, Host) ->
    case User =:= node_name(Host) of
        true ->
            %% 23.01 cannot be told before.
            warn("the name of the bot's address on ~ts cannot be registered", [Host]),
            ejabberd_auth:remove_user(User, Host);
        false ->
            %% Of an earlier one, whose removal this module did not see.
            forget_account(jid:nodeprep(User), Host),
            remember(first_login, jid:nodeprep(User), Host, {new, now_s()}),
            send_event(Host, #{event => registered, account => User})
    end.

remove_user(User, Host) ->
    forget_account(jid:nodeprep(User), Host),
    User =:= node_name(Host)
        orelse send_event(Host, #{event => removed, account => jid:nodeprep(User)}).

send_event(Host, Event) ->
    Component = component(Host),
    case Component =/= none andalso ejabberd_router:is_my_route(Component) of
        true ->
            Text = encode(maps:merge(#{time => now_s()}, Event)),
            Message = xmpp:decode(
                        {xmlel, <<"message">>, [{<<"type">>, <<"headline">>}],
                         [{xmlel, <<"event">>, [{<<"xmlns">>, ?NS}], [{xmlcdata, Text}]}]},
                        <<"jabber:client">>, [ignore_els]),
            ejabberd_router:route(xmpp:set_from_to(Message, jid:make(Host), jid:make(Component)));
        false -> ok
    end.

%%%===================================================================
%%% The bot's address on the host
%%%===================================================================

%% Kept ready for filter_packet, which sees every stanza of the server:
%% #{{in, Node, Host} => Component, {out, Node, Component} => [Host]}
%% Made of every host's own term, and looked at again after writing: hosts configure at the same time.
redirect() ->
    All = [{Node, Host, Component}
           || Host <- ejabberd_option:hosts(),
              #{node := Node, component := Component} <- [persistent_term:get({?MODULE, Host}, none)],
              Node =/= none],
    New = lists:foldl(
            fun({Name, At, To}, Acc) ->
                    Acc#{{in, Name, At} => To,
                         {out, Name, To} => lists:sort([At | maps:get({out, Name, To}, Acc, [])])}
            end, #{}, All),
    New =:= redirects() orelse begin persistent_term:put({?MODULE, redirects}, New), redirect() end.

redirects() -> persistent_term:get({?MODULE, redirects}, #{}).

filter_packet(drop) -> drop;
filter_packet(Packet) ->
    case redirects() of
        None when map_size(None) =:= 0 -> Packet;
        Redirects -> inwards(outwards(Packet, Redirects), Redirects)
    end.

%% What the component says is said by node@host: the receiver's own host where it can be.
outwards(Packet, Redirects) ->
    {Node, Domain, Resource} = jid:tolower(xmpp:get_from(Packet)),
    case Redirects of
        #{{out, Node, Domain} := Hosts} ->
            {_, ToHost, _} = jid:tolower(xmpp:get_to(Packet)),
            Host = case lists:member(ToHost, Hosts) of
                       true -> ToHost;
                       false -> hd(Hosts)
                   end,
            xmpp:set_from(Packet, jid:make(Node, Host, Resource));
        _ -> Packet
    end.

inwards(Packet, Redirects) ->
    {Node, Domain, Resource} = jid:tolower(xmpp:get_to(Packet)),
    case Redirects of
        #{{in, Node, Domain} := Component} ->
            case ejabberd_router:is_my_route(Component) of
                true -> xmpp:set_to(Packet, jid:make(Node, Component, Resource));
                false -> unavailable(Packet)
            end;
        _ -> Packet
    end.

%% Presence is not answered, unless it asks: an error would end up in the contact list.
unavailable(Packet) ->
    case element(1, Packet) =/= presence orelse xmpp:get_type(Packet) =:= subscribe of
        true -> ejabberd_router:route_error(Packet, xmpp:err_recipient_unavailable());
        false -> ok
    end,
    drop.

%%% Nobody can take the name.  ejabberd before 24 asks nobody (register_user/2 removes it again), so
%%% that registration in the client is refused here.

check_register_user(IsAllowed, User, Host, _Password) ->
    IsAllowed andalso jid:nodeprep(User) =/= node_name(Host).

unauthenticated_packet(#{lserver := Host} = State, IQ) when element(1, IQ) =:= iq ->
    case {xmpp:get_type(IQ), node_name(Host)} of
        {set, Node} when Node =/= none ->
            case jid:nodeprep(requested_name(xmpp:encode(IQ))) of
                Node ->
                    Request = xmpp:set_from_to(IQ, jid:make(<<>>), jid:make(Host)),
                    Error = xmpp:make_error(Request, xmpp:err_conflict()),
                    {stop, ejabberd_c2s:send(State, xmpp:set_from_to(Error, jid:make(Host),
                                                                     undefined))};
                _ -> State
            end;
        _ -> State
    end;
unauthenticated_packet(State, _Packet) -> State.

%% In the query of XEP-0077 or in a form in it.
requested_name(IQ) ->
    case fxml:get_subtag_with_xmlns(IQ, <<"query">>, <<"jabber:iq:register">>) of
        false -> <<>>;
        Query ->
            Fields = case fxml:get_subtag(Query, <<"x">>) of
                         false -> [];
                         Form -> fxml:get_subtags(Form, <<"field">>)
                     end,
            iolist_to_binary([fxml:get_path_s(Query, [{elem, <<"username">>}, cdata])
                              | [fxml:get_path_s(Field, [{elem, <<"value">>}, cdata])
                                 || Field <- Fields, attribute(<<"var">>, Field) =:= <<"username">>]])
    end.

%%%===================================================================
%%% Storage
%%%===================================================================

option(Host, Module, Option) -> gen_mod:get_module_opt(Host, Module, Option).

storage_of(Host, Module) -> option(Host, Module, db_type).

storages(Host) ->
    Modules = [maps:get(db_type, gen_mod:get_module_opts(Host, Module), none)
               || Module <- gen_mod:loaded_modules(Host)],
    Accounts = [case Method of internal -> mnesia; _ -> Method end
                || Method <- ejabberd_option:auth_method(Host)],
    lists:usort(Modules ++ Accounts) -- [none].

%% The columns at the given positions of the entries whose other columns have the given values.
%% Bound = [{Position, Value}]; guards see the columns as '$1', '$2' ... by position.
read(Table, Bound, Positions) -> read(Table, Bound, Positions, []).

read(Table, Bound, Positions, Guards) ->
    mnesia:dirty_select(Table, [match(Table, Bound, Positions, Guards)]).

%% Removes the entries whose column of that number fulfills the guards.
%% Messages of one account have one key, in a table that Mnesia keeps in Dets.  There, to remove them one by
%% one takes the square of their number (8 s for 5,000 of 10,000), all at once 0.3 s; so it is done below
%% Mnesia, on every node that has a copy, once Mnesia has nothing left to write to it.
remove(Table, Bound, Column, Guards) ->
    Pattern = pattern(Table, [{Column, variable(Column)} | Bound]),
    Nodes = mnesia:table_info(Table, where_to_write),
    case Nodes -- mnesia:table_info(Table, disc_only_copies) =:= []
        andalso mnesia:table_info(Table, index) =:= [] of
        true ->
            [begin
                 rpc:call(Node, mnesia, dump_log, []),
                 Removed = rpc:call(Node, dets, select_delete, [Table, [{Pattern, Guards, [true]}]]),
                 is_integer(Removed) orelse error({Table, Removed}),
                 rpc:call(Node, dets, sync, [Table])
             end || Node <- Nodes];
        false ->
            [mnesia:dirty_delete_object(Entry)
             || Entry <- mnesia:dirty_select(Table, [{Pattern, Guards, ['$_']}])]
    end.

entries_of(Table, Bound) -> mnesia:dirty_match_object(Table, pattern(Table, Bound)).

read_if_there(Table, Bound, Positions) ->
    case lists:member(Table, mnesia:system_info(tables)) of
        true -> read(Table, Bound, Positions);
        false -> []
    end.

%% The same for big entries of which few are wanted: never holds more than some of them.
filter_table(IsWanted, Table, Bound, Positions) ->
    Match = match(Table, Bound, Positions, []),
    mnesia:activity(async_dirty,
                    fun() -> filter_chunk(mnesia:select(Table, [Match], 100, read), IsWanted) end).

filter_chunk('$end_of_table', _IsWanted) -> [];
filter_chunk({Entries, Continuation}, IsWanted) ->
    lists:filter(IsWanted, Entries) ++ filter_chunk(mnesia:select(Continuation), IsWanted).

match(Table, Bound, Positions, Guards) ->
    Columns = [{Position, variable(Position)} || Position <- Positions],
    Free = [Column || {Position, _} = Column <- Columns, not lists:keymember(Position, 1, Bound)],
    %% A bound column that is wanted is taken from the whole entry.
    Result = [case lists:keymember(Position, 1, Bound) of
                  true -> {element, Position, '$_'};
                  false -> Variable
              end || {Position, Variable} <- Columns],
    {pattern(Table, Bound ++ Free), Guards, [{list_to_tuple(Result)}]}.

variable(Position) -> list_to_atom([$$ | integer_to_list(Position)]).

pattern(Table, Bound) ->
    lists:foldl(fun({Position, Value}, Pattern) -> setelement(Position, Pattern, Value) end,
                mnesia:table_info(Table, wild_pattern), Bound).

sql(Host, Query) ->
    case ejabberd_sql:sql_query(Host, iolist_to_binary(Query)) of
        {selected, _Columns, Rows} -> [[cell(Cell) || Cell <- Row] || Row <- Rows];
        {updated, Count} -> Count;
        Error -> error({sql, Error})
    end.

cell(null) -> <<>>;
cell(Cell) -> plain(Cell).

quoted(Host, Text) -> ejabberd_sql:to_string_literal(ejabberd_option:sql_type(Host), Text).

of_user(User, Host) ->
    [" where username=", quoted(Host, User),
     [[" and server_host=", quoted(Host, Host)] || is_multihost()]].

is_multihost() ->
    case is_exported(ejabberd_sql, use_multihost_schema, 0) of
        true -> ejabberd_sql:use_multihost_schema();
        false -> ejabberd_sql:use_new_schema()
    end.

is_exported(Module, Function, Arity) ->
    code:ensure_loaded(Module) =:= {module, Module}
        andalso erlang:function_exported(Module, Function, Arity).

%%%===================================================================
%%% Values
%%%===================================================================

now_ms() -> erlang:monotonic_time(millisecond).

now_s() -> erlang:system_time(second).

us_to_now(Us) -> {Us div 1000000000000, Us div 1000000 rem 1000000, Us rem 1000000}.

now_to_us({Mega, Seconds, Micro}) -> (Mega * 1000000 + Seconds) * 1000000 + Micro.

seconds({_, _, _} = Now) -> now_to_us(Now) div 1000000;
seconds(_) -> null.

us_to_seconds(<<>>) -> null;
us_to_seconds(Us) -> to_number(Us) div 1000000.

to_number(Number) when is_integer(Number) -> Number;
to_number(Text) -> binary_to_integer(hd(binary:split(Text, <<".">>))).

least([]) -> null;
least(Numbers) -> lists:min(Numbers).

most([]) -> null;
most(Numbers) -> lists:max(Numbers).

%% Numbers whose order is that of their texts.
sortable(Number) -> iolist_to_binary(io_lib:format("~20..0b", [Number])).

cursor_number(<<>>) -> 0;
cursor_number(Text) ->
    try binary_to_integer(Text)
    catch error:_ -> bad_request()
    end.

bytes(Elements) -> lists:sum([byte_size(fxml:element_to_binary(Element)) || Element <- Elements]).

null(none) -> null;
null(Value) -> Value.

null_if_empty(<<>>) -> null;
null_if_empty(Text) -> Text.

plain(Text) when is_binary(Text) -> Text;
plain(Atom) when is_atom(Atom) -> atom_to_binary(Atom, utf8);
plain(Number) when is_integer(Number) -> integer_to_binary(Number);
plain(Text) when is_list(Text) ->
    try unicode:characters_to_binary(Text) of
        Binary when is_binary(Binary) -> Binary;
        _ -> describe(Text)
    catch error:_ -> describe(Text)
    end;
plain(Term) -> describe(Term).

warn(Format, Arguments) ->
    error_logger:warning_msg("mod_privacy_bot: " ++ Format, Arguments).

%%% JSON: ejabberd has its own functions for it since 24.10, and jiffy before.

decode(Text) ->
    case is_exported(misc, json_decode, 1) of
        true -> misc:json_decode(Text);
        false -> jiffy:decode(Text, [return_maps])
    end.

encode(Term) ->
    case is_exported(misc, json_encode, 1) of
        true -> misc:json_encode(printable(Term));
        false -> iolist_to_binary(jiffy:encode(printable(Term)))
    end.

%% A file's name or old data need not be UTF-8, and JSON has to be.
printable(Map) when is_map(Map) -> maps:map(fun(_, Value) -> printable(Value) end, Map);
printable(List) when is_list(List) -> [printable(Value) || Value <- List];
printable(Text) when is_binary(Text) -> utf8(Text);
printable(Value) -> Value.

utf8(Text) ->
    case unicode:characters_to_binary(Text) of
        Text -> Text;
        _ -> unicode:characters_to_binary(Text, latin1)
    end.
