-- Says where the hub is. If this server may have lost something of it, begins a new epoch first.
--
-- KEYS: hub, tables, the node's sign of life
-- ARGV: mode ('look': never begins an epoch; 'join': if needed; 'begin': always), the node's epoch,
--       its newest offset, an epoch that may begin, the node, version of the keys, format of the hub,
--       prefix of streams, prefix of sequence numbers, prefix of tables
-- Returns 'replica'; or 'version' and the hub's; or 'format' and the hub's; or 'another' (mode 'look');
--         or 'ok', epoch, its base, newest offset, oldest offset that is here, the node that began the epoch,
--         time in milliseconds.
if string.match(redis.call('INFO', 'replication'), 'role:(%a+)') ~= 'master' then
  return {'replica'}
end

local hub = redis.call('HMGET', KEYS[1], 'version', 'format', 'epoch', 'incarnation', 'base', 'last', 'by', 'time')
local epoch, base, by = hub[3], hub[5], hub[7]
if hub[1] and hub[1] ~= ARGV[6] then
  return {'version', hub[1]}
elseif hub[2] and hub[2] ~= ARGV[7] then
  return {'format', hub[2]}
end

if ARGV[1] ~= 'look' and redis.call('EXPIRE', KEYS[3], 10) == 0 then
  redis.pcall('SET', KEYS[3], '', 'PX', 10000) -- a server without memory refuses it, and the node reads on
end

local known = tonumber(ARGV[3])
local last = tonumber(hub[6] or '0')
local now = clock(hub[8])

local lost = not epoch or hub[4] ~= incarnation() or epoch == ARGV[2] and known > last
if lost and ARGV[1] == 'look' then
  return {'another'}
elseif lost or ARGV[1] == 'begin' then
  -- The base is above every offset that was ever told, so that no offset is told twice.
  local newest = math.max(last, known)
  local step = 68719476736
  local start = (epoch or newest > 0) and (math.floor(newest / step) + 1) * step or 0
  if epoch then
    local stream = ARGV[8] .. epoch
    redis.call('XADD', stream, text(start) .. '-0', 'next', ARGV[4]) -- wakes the nodes that read it
    redis.call('EXPIRE', stream, 300)
    redis.call('EXPIRE', ARGV[9] .. epoch, 300)
  end

  epoch, base, by = ARGV[4], text(start), ARGV[5]
  last = start
  for _, topic in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    local table = ARGV[10] .. topic
    local rows = redis.call('HGETALL', table)
    for i = 1, #rows, 2 do
      last = last + 1
      local time, body = string.match(rows[i + 1], '^%d+ (%d+) (.*)$')
      redis.call('XADD', ARGV[8] .. epoch, text(last) .. '-0',
        's', '', 'a', time, 'c', 'row', 't', topic, 'k', rows[i], 'b', body)
      redis.call('HSET', table, rows[i], text(last) .. ' ' .. time .. ' ' .. body)
    end
  end
  redis.call('HSET', KEYS[1], 'version', ARGV[6], 'format', ARGV[7], 'epoch', epoch, 'incarnation', incarnation(),
    'base', base, 'last', text(last), 'by', by, 'time', text(now))
end

local oldest = redis.call('XRANGE', ARGV[8] .. epoch, '-', '+', 'COUNT', 1)[1]
local first = oldest and string.match(oldest[1], '^%d+') or text(last + 1)
return {'ok', epoch, base, text(last), first, by, text(now)}
