# SPDX-License-Identifier: Apache-2.0
# make demo: the main job on a rendered video with moving objects and on a real pair of photographs, with the scores and
# the bars they must clear; or, with VIDEO=path.mp4, on the user's own video.
VD := build/bin/
include share/vd.mk

SKIMAGE ?= /usr/lib/python3/dist-packages/skimage/data
ROOM := demo/room
PAIR := demo/motorcycle
ROOM_BARS := --require 'poses.ate_percent<=0.5' --require 'depth.observed_static.abs_rel<=0.05' \
             --require 'depth.observed_static.coverage>=0.6'
# Metres are scored as metres: with the baseline given, no scale is fitted.
PAIR_FIT := --align none
PAIR_BARS := --require 'depth.observed.abs_rel<=0.1'

ifeq ($(VIDEO),)
.PHONY: demo
demo: $(ROOM)/view/path.stage.json $(PAIR)/view/path.stage.json \
      $(ROOM)/report/eval.stage.json $(PAIR)/report/eval.stage.json
	@echo
	@echo "Rendered video with moving objects ($(ROOM)); bars: ATE 0.5 % of the path, AbsRel 0.05 on observed static pixels"
	@echo "at 60 % coverage"
	@$(VD)vd-eval $(ROOM) $(ROOM_BARS)
	@echo
	@echo "Photographs with measured depth, baseline given ($(PAIR)); bar: AbsRel 0.1 on observed pixels"
	@$(VD)vd-eval $(PAIR) $(PAIR_FIT) $(PAIR_BARS)
	@echo
	@echo "Pictures: $(ROOM)/view/ and $(PAIR)/view/ (sheet.png, path.png, side_by_side.mp4)"
else
# In a folder apart, so that a video named room does not replace the rendered one. Names may hold spaces.
space := $(subst ,, )
VIDEO_NAME := $(patsubst %/,%,$(subst $(space),_,$(VIDEO)))
OWN := demo/video/$(basename $(notdir $(VIDEO_NAME)))
.PHONY: demo
demo: $(OWN)/view/path.stage.json
	@echo "Depth, confidence, cameras and masks: $(OWN)/; pictures: $(OWN)/view/"
	@$(VD)vd-clip info $(OWN)
$(OWN)/clip.json: $(subst $(space),\ ,$(VIDEO))
	@$(VD)vd-clip import '$(VIDEO)' -o $(OWN) --force >/dev/null
endif

$(PAIR)/report/eval.stage.json: VD_EVAL_FLAGS += $(PAIR_FIT)

$(eval $(call vd_synth,$(ROOM),room,--seed 1))

$(PAIR)/clip.json: $(SKIMAGE)/motorcycle_left.png $(SKIMAGE)/motorcycle_right.png share/demo/motorcycle_calib.txt
	@$(VD)vd-clip import-stereo $(SKIMAGE)/motorcycle_left.png $(SKIMAGE)/motorcycle_right.png \
	  --calib share/demo/motorcycle_calib.txt --disparity $(SKIMAGE)/motorcycle_disp.npz -o $(PAIR) --force >/dev/null
