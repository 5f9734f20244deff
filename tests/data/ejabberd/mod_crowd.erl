%%% Makes as many accounts as one wants when "crowd00000" is registered, by copying its record:
%%% through the front door, hashing the passwords would take minutes.  When one called "witness" is
%%% registered, it writes down which message waits for whom: a line with name and id for each.
-module(mod_crowd).
-export([start/2, stop/1, reload/3, depends/2, mod_opt_type/1, mod_options/1, mod_doc/0, registered/2]).

start(Host, _Opts) -> ejabberd_hooks:add(register_user, Host, ?MODULE, registered, 90).

stop(Host) -> ejabberd_hooks:delete(register_user, Host, ?MODULE, registered, 90).

reload(_Host, _New, _Old) -> ok.
depends(_Host, _Opts) -> [].

mod_opt_type(number) -> econf:pos_int();
mod_opt_type(file) -> econf:binary().
mod_options(_Host) -> [{number, 1}, {file, <<>>}].
mod_doc() -> #{}.

registered(<<"crowd00000">>, Host) ->
    [Model] = [Record || Record <- all(passwd), element(1, element(2, Record)) =:= <<"crowd00000">>],
    Names = [iolist_to_binary(io_lib:format("crowd~5..0b", [Number]))
             || Number <- lists:seq(1, gen_mod:get_module_opt(Host, ?MODULE, number) - 1)],
    [mnesia:dirty_write(setelement(2, Model, setelement(1, element(2, Model), Name))) || Name <- Names],
    ok;
registered(<<"witness">>, Host) ->
    Lines = [[element(1, element(2, Record)), " ", id(element(tuple_size(Record), Record)), "\n"]
             || Record <- all(offline_msg)],
    file:write_file(gen_mod:get_module_opt(Host, ?MODULE, file), Lines);
%% For benchmarks: how many messages wait.
registered(<<"counter", _/binary>>, Host) ->
    Number = integer_to_list(mnesia:table_info(offline_msg, size)),
    file:write_file(gen_mod:get_module_opt(Host, ?MODULE, file), Number);
registered(_User, _Host) -> ok.

all(Table) -> mnesia:dirty_match_object(Table, mnesia:table_info(Table, wild_pattern)).

id({xmlel, _Name, Attributes, _Children}) -> proplists:get_value(<<"id">>, Attributes, <<>>);
id(_) -> <<>>.
