-- Appends a batch of one node, unless the stream is no more the one that the node knows.
--
-- KEYS: hub, stream, sequence numbers, tables
-- ARGV: epoch, node, sequence number of the first publication, newest one that the node knows to be here,
--       most entries, most age in milliseconds (0: any), prefix of tables;
--       then for each publication: kind, topic, key (of a removal: the newest offset that it removes), body
-- Returns 'another'; or 'hole'; or 'ok', how many were appended, and the newest offset.
local hub = redis.call('HMGET', KEYS[1], 'epoch', 'incarnation', 'last', 'time', 'trimmed')
if hub[1] ~= ARGV[1] or hub[2] ~= incarnation() then
  return {'another'}
end

local sequence = tonumber(ARGV[3])
local done = tonumber(redis.call('HGET', KEYS[3], ARGV[2]) or '0')
if done < tonumber(ARGV[4]) then
  return {'hole'} -- an earlier batch failed, and this one must not overtake it
end

local last = tonumber(hub[3])
local now = clock(hub[4])
local time = text(now)

local function remove(topic, upTo)
  local table = ARGV[7] .. topic
  local rows = redis.call('HGETALL', table)
  for i = 1, #rows, 2 do
    if upTo == 0 or tonumber(string.match(rows[i + 1], '^%d+')) <= upTo then
      redis.call('HDEL', table, rows[i])
    end
  end
end

local function keep(kind, topic, key, body)
  local table = ARGV[7] .. topic
  if kind == 'row' then
    redis.call('HSET', table, key, text(last) .. ' ' .. time .. ' ' .. body)
    redis.call('SADD', KEYS[4], topic)
    return
  elseif kind == 'deletion' then
    redis.call('HDEL', table, key)
  elseif kind == 'removal' then
    remove(topic, tonumber(key))
  else
    return
  end
  if redis.call('EXISTS', table) == 0 then
    redis.call('SREM', KEYS[4], topic)
  end
end

local before = last
for i = 8, #ARGV, 4 do
  if sequence > done then
    last = last + 1
    redis.call('XADD', KEYS[2], text(last) .. '-0',
      's', ARGV[2] .. ':' .. text(sequence), 'a', time, 'c', ARGV[i], 't', ARGV[i + 1], 'k', ARGV[i + 2],
      'b', ARGV[i + 3])
    keep(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3])
    done = sequence
  end
  sequence = sequence + 1
end
if last > before then
  redis.call('XTRIM', KEYS[2], 'MAXLEN', '~', ARGV[5])
  redis.call('HSET', KEYS[1], 'last', text(last), 'time', time)
  redis.call('HSET', KEYS[3], ARGV[2], text(done))
end

-- Once a second, entries that are too old leave. Times only grow, so a binary search finds the first that stays.
local age = tonumber(ARGV[6])
if age > 0 and now - tonumber(hub[5] or '0') >= 1000 then
  local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
  local stays = last + 1
  local leaves = oldest and tonumber(string.match(oldest[1], '^%d+')) or stays
  while leaves < stays do
    local middle = math.floor((leaves + stays) / 2)
    local entry = redis.call('XRANGE', KEYS[2], text(middle) .. '-0', '+', 'COUNT', 1)[1]
    if tonumber(entry[2][4]) < now - age then
      leaves = middle + 1
    else
      stays = middle
    end
  end
  redis.call('XTRIM', KEYS[2], 'MINID', text(stays) .. '-0')
  redis.call('HSET', KEYS[1], 'trimmed', text(now))
end

return {'ok', last - before, text(last)}
