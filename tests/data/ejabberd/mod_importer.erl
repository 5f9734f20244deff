%%% When an account is registered, imports a file of XEP-0227, as `ejabberdctl import_piefxis` does;
%%% that program needs distributed Erlang, which servers in tests are started without.
-module(mod_importer).
-export([start/2, stop/1, reload/3, depends/2, mod_opt_type/1, mod_options/1, mod_doc/0, import/2]).

start(Host, _Opts) -> ejabberd_hooks:add(register_user, Host, ?MODULE, import, 90).

stop(Host) -> ejabberd_hooks:delete(register_user, Host, ?MODULE, import, 90).

reload(_Host, _New, _Old) -> ok.
depends(_Host, _Opts) -> [].

mod_opt_type(file) -> econf:binary().
mod_options(_Host) -> [{file, <<>>}].
mod_doc() -> #{}.

%% In a process of its own, since the parser sends what it finds as messages.
import(_User, Host) ->
    File = gen_mod:get_module_opt(Host, ?MODULE, file),
    {Pid, Ref} = spawn_monitor(fun() -> exit({done, ejabberd_piefxis:import_file(File)}) end),
    receive
        {'DOWN', Ref, process, Pid, Result} ->
            file:write_file(<<File/binary, ".result">>, io_lib:format("~p", [Result]))
    end.
