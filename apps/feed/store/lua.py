"""What Valkey does with timelines: scripts in its own language.

Those for many people (`run_for_many`) find their timelines' keys in `names`, of `width` bytes each.
"""

# Lua's numbers are doubles, so ids are compared in halves.
LIBRARY = """
local function is_before(one, other)
    local high, low = struct.unpack('>I4I4', one)
    local other_high, other_low = struct.unpack('>I4I4', other)
    return high < other_high or (high == other_high and low < other_low)
end
local function trimmed(ids, keep)
    return #ids > keep * 8 + 8 and string.rep('\\0', 8) .. ids:sub(-keep * 8) or ids
end
-- Two strings of ids as one.
local function merged(one, other)
    local found, a, b = {}, 1, 1
    while a <= #one and b <= #other do
        local id, other_id = one:sub(a, a + 7), other:sub(b, b + 7)
        if id == other_id or is_before(id, other_id) then
            found[#found + 1] = id
            a = a + 8
            if id == other_id then b = b + 8 end
        else
            found[#found + 1] = other_id
            b = b + 8
        end
    end
    return table.concat(found) .. one:sub(a) .. other:sub(b)
end
"""

# Where an id belongs is looked for by halves: merging takes fifty times as long, and a backlog is many.
_PUT = """
local function put(ids, id)
    local first, last = 1, #ids / 8
    while first < last do
        local middle = math.floor((first + last) / 2)
        if is_before(ids:sub(middle * 8 + 1, middle * 8 + 8), id) then
            first = middle + 1
        else
            last = middle
        end
    end
    if ids:sub(first * 8 + 1, first * 8 + 8) == id then return ids end
    return ids:sub(1, first * 8) .. id .. ids:sub(first * 8 + 1)
end
"""

# For many, with an id behind each. ARGV: how many entries to keep, with how many to trim.
APPEND = (
    LIBRARY
    + """
local keep, most, call = tonumber(ARGV[1]), tonumber(ARGV[2]) * 8 + 8, redis.call
for at = 1, #names, width do
    local key, id = names:sub(at, at + width - 9), names:sub(at + width - 8, at + width - 1)
    local length = call('APPEND', key, id)
    if length == 8 then
        call('DEL', key)
        local waiting = key .. ':waiting'
        if call('EXISTS', waiting) == 1 then call('APPEND', waiting, id) end
    elseif length > most then
        call('SET', key, trimmed(call('GET', key), keep), 'KEEPTTL')
    end
end
"""
)

# For many. ARGV: how many entries to keep, ids in a string, the oldest first.
INSERT = (
    LIBRARY
    + _PUT
    + """
local put_in = #ARGV[2] == 8 and put or merged
for at = 1, #names, width do
    local key = names:sub(at, at + width - 1)
    for _, name in ipairs({key, key .. ':waiting'}) do
        local ids = redis.call('GET', name)
        if ids then
            local more = trimmed(put_in(ids, ARGV[2]), tonumber(ARGV[1]))
            if more ~= ids then redis.call('SET', name, more, 'KEEPTTL') end
            break
        end
    end
end
"""
)

# For many. ARGV: ids in a string.
REMOVE = """
local function without(ids, id)
    local at = ids:find(id, 1, true)
    while at do
        if at % 8 == 1 then
            ids = ids:sub(1, at - 1) .. ids:sub(at + 8)
        else
            at = at + 1
        end
        at = ids:find(id, at, true)
    end
    return ids
end
for at = 1, #names, width do
    local key = names:sub(at, at + width - 1)
    local ids = redis.call('GET', key)
    if ids then
        local left = ids
        for start = 1, #ARGV[1], 8 do left = without(left, ARGV[1]:sub(start, start + 7)) end
        if #left < #ids then redis.call('SET', key, left, 'KEEPTTL') end
    end
end
"""

# KEYS: a timeline. ARGV: how long to wait for the build.
START = """
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1] .. ':waiting', string.rep('\\0', 8), 'NX')
redis.call('EXPIRE', KEYS[1] .. ':waiting', ARGV[1])
"""

# KEYS: a timeline. ARGV: how many entries to keep, for how long, what was read. Where neither is left,
# Valkey was flushed or the build took too long: what came meanwhile is nowhere, so it is built again.
FINISH = (
    LIBRARY
    + """
local ids = ARGV[3]
if redis.call('EXISTS', KEYS[1], KEYS[1] .. ':waiting') == 0 then return end
for _, key in ipairs({KEYS[1], KEYS[1] .. ':waiting'}) do
    ids = merged(ids, redis.call('GET', key) or '')
end
redis.call('SET', KEYS[1], trimmed(ids, tonumber(ARGV[1])), 'EX', ARGV[2])
redis.call('DEL', KEYS[1] .. ':waiting')
"""
)
