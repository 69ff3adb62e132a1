#ifndef CLUA_SHIMS_H
#define CLUA_SHIMS_H

#include <lua5.4/lua.h>
#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>
#include <sys/prctl.h>

// Lua leaves a failing function by longjmp, which must never cross a Swift frame. So a function
// written in Swift returns the count of its results, or -1 with the error on the stack, and only
// this C frame, when Swift has been left, raises it.
typedef int (*clua_function)(lua_State *state);

static inline int clua_call(lua_State *state) {
  clua_function function = (clua_function)lua_touserdata(state, lua_upvalueindex(1));
  int count = function(state);
  return count < 0 ? lua_error(state) : count;
}

// Pushes a function written in Swift.
static inline void clua_push_function(lua_State *state, clua_function function) {
  lua_pushlightuserdata(state, (void *)function);
  lua_pushcclosure(state, clua_call, 1);
}

// A macro that Swift does not see: the chunk below its arguments is called, errors are caught.
static inline int clua_pcall(lua_State *state, int arguments, int results) {
  return lua_pcall(state, arguments, results, 0);
}

// A macro too intricate for Swift: where the registry stands.
static inline int clua_registry_index(void) { return LUA_REGISTRYINDEX; }

// prctl is variadic. Afterwards neither this process nor what it might execute gains a privilege.
static inline int clua_give_up_privileges(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

#endif
