-- What lies within so many km of a point: the box around it is a range of latitudes.

CREATE INDEX places_latitude ON places(latitude, longitude);
