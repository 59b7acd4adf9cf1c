-- Claims messages of clients for a node, and keeps what became of them. Tells that the node lives.
-- A session has two hashes, and the older one is dropped when the newer one is full. In them each reference has
-- 'n' and the node that processes its message, or 'o' and the outcome, or 'l': the node was lost.
--
-- KEYS: hub, the key that the node lives
-- ARGV: epoch, node, prefix of sessions, prefix of nodes;
--       then for each request: 'claim' or 'keep' or 'release', session, reference, outcome
-- Returns 'another'; or 'ok', and for each request: 'm' (this node's), 'e' (elsewhere), 'l' (lost),
--         'd' and the outcome, or '' (not a claim).
local MOST = 1024
local KEPT_SECONDS = 300
local ALIVE_MILLIS = 10000

local hub = redis.call('HMGET', KEYS[1], 'epoch', 'incarnation')
if hub[1] ~= ARGV[1] or hub[2] ~= incarnation() then
  return {'another'}
end
redis.call('SET', KEYS[2], '', 'PX', ALIVE_MILLIS)

local function makeRoom(newer, older)
  if redis.call('HLEN', newer) < MOST then
    return
  end
  local before = redis.call('HGETALL', older)
  redis.call('RENAME', newer, older)
  for i = 1, #before, 2 do
    if string.sub(before[i + 1], 1, 1) == 'n' then -- what is in progress is not forgotten
      redis.call('HSET', newer, before[i], before[i + 1])
    end
  end
end

local function claim(newer, older, ref)
  local known = redis.call('HGET', newer, ref) or redis.call('HGET', older, ref)
  if not known then
    makeRoom(newer, older)
    redis.call('HSET', newer, ref, 'n' .. ARGV[2])
    return 'm'
  end
  local kind, rest = string.sub(known, 1, 1), string.sub(known, 2)
  if kind == 'o' then
    return 'd' .. rest
  elseif kind == 'n' and rest == ARGV[2] then
    return 'm'
  elseif kind == 'n' and redis.call('EXISTS', ARGV[4] .. rest) == 1 then
    return 'e'
  end
  redis.call('HSET', newer, ref, 'l')
  redis.call('HDEL', older, ref)
  return 'l'
end

local answers = {'ok'}
for i = 5, #ARGV, 4 do
  local newer = ARGV[3] .. ARGV[1] .. ':newer:' .. ARGV[i + 1]
  local older = ARGV[3] .. ARGV[1] .. ':older:' .. ARGV[i + 1]
  local ref = ARGV[i + 2]
  local answer = ''
  if ARGV[i] == 'claim' then
    answer = claim(newer, older, ref)
  elseif ARGV[i] == 'keep' then
    makeRoom(newer, older)
    redis.call('HSET', newer, ref, 'o' .. ARGV[i + 3])
    redis.call('HDEL', older, ref)
  elseif redis.call('HGET', newer, ref) == 'n' .. ARGV[2] then
    redis.call('HDEL', newer, ref)
  elseif redis.call('HGET', older, ref) == 'n' .. ARGV[2] then
    redis.call('HDEL', older, ref)
  end
  redis.call('EXPIRE', newer, KEPT_SECONDS)
  redis.call('EXPIRE', older, KEPT_SECONDS)
  answers[#answers + 1] = answer
end
return answers
