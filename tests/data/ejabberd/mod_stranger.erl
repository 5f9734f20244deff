%%% A module that the companion has never heard of: it keeps a table of its own about accounts.  It
%%% also fills an archive at its start, which through the front door would take an hour.
-module(mod_stranger).
-export([start/2, stop/1, reload/3, depends/2, mod_opt_type/1, mod_options/1, mod_doc/0]).

start(Host, Opts) ->
    mnesia:create_table(stranger, [{attributes, [us, note]}]),
    [mnesia:dirty_write({stranger, {Name, Host}, <<"a note on ", Name/binary>>})
     || Name <- gen_mod:get_opt(accounts, Opts)],
    %% Somebody else's, in which they are named.
    mnesia:create_table(acquaintance, [{attributes, [us, contact]}, {type, bag}]),
    [mnesia:dirty_write({acquaintance, {<<"somebody.else">>, Host}, {Name, Host, <<>>}})
     || Name <- gen_mod:get_opt(accounts, Opts)],
    %% Straight into the file: each insertion through Mnesia reads and writes the whole archive.
    ok = dets:insert(archive_msg, [message(Host, Number)
                                   || Number <- lists:seq(1, gen_mod:get_opt(messages, Opts))]),
    ok.

stop(_Host) -> ok.
reload(_Host, _New, _Old) -> ok.
depends(_Host, _Opts) -> [{mod_mam, hard}].

mod_opt_type(accounts) -> econf:list(econf:binary());
mod_opt_type(messages) -> econf:non_neg_int().

mod_options(_Host) -> [{accounts, []}, {messages, 0}].

mod_doc() -> #{}.

message(Host, Number) ->
    Us = 1700000000000000 + Number * 1000000,
    Peer = {<<"juliet">>, Host, <<>>},
    Element = {xmlel, <<"message">>, [{<<"type">>, <<"chat">>}],
               [{xmlel, <<"body">>, [], [{xmlcdata, binary:copy(<<"hello ">>, 30)}]}]},
    Message = {archive_msg, {<<"hoarder">>, Host}, integer_to_binary(Us), misc:usec_to_now(Us), Peer,
               Peer, Element, <<>>, chat},
    case mnesia:table_info(archive_msg, arity) of
        9 -> Message;
        10 -> erlang:append_element(Message, <<>>) % origin_id, since 24
    end.
