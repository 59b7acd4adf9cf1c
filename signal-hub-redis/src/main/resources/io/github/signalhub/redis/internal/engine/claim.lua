-- Claims a client's message for a node, or takes that back.
--
-- KEYS: message, the messages of its session
-- ARGV: mode ('claim' or 'release'), node, prefix of the nodes that live, for how many milliseconds a claim is kept
-- Returns 'mine', 'elsewhere', 'lost', or 'done' and the outcome.
local value = redis.call('GET', KEYS[1])
if ARGV[1] == 'release' then
  if value == 'running ' .. ARGV[2] then
    redis.call('DEL', KEYS[1])
  end
  return {'mine'}
elseif not value then
  redis.call('SET', KEYS[1], 'running ' .. ARGV[2], 'PX', ARGV[4])
  redis.call('RPUSH', KEYS[2], KEYS[1])
  redis.call('EXPIRE', KEYS[2], math.ceil(tonumber(ARGV[4]) / 1000))
  if redis.call('LLEN', KEYS[2]) > 1024 then -- no client can fill the memory with one session
    redis.call('DEL', redis.call('LPOP', KEYS[2]))
  end
  return {'mine'}
end

local state, rest = string.match(value, '^(%a+) (.*)$')
if state == 'done' then
  return {'done', rest}
elseif rest == ARGV[2] then
  return {'mine'} -- the first answer was lost
elseif redis.call('EXISTS', ARGV[3] .. rest) == 1 then
  return {'elsewhere'}
end
return {'lost'}
